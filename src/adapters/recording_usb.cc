#include "adapters/recording_usb.h"

#include <fmt/format.h>

#include <utility>

#include "adapters/usb_transcript.h"

namespace zprov::adapters {
namespace {

class Tape {
 public:
  Tape(const os::Clock& clock, std::function<void(std::string_view)> write)
      : clock_(clock), began_(clock.Now()), write_(std::move(write)) {
    write_(TranscriptHead());
  }

  template <typename What>
  void Add(What what) {
    write_(Format({clock_.Now() - began_, std::move(what)}));
  }

 private:
  const os::Clock& clock_;
  os::Moment began_;
  std::function<void(std::string_view)> write_;
};

UsbAnswer AnswerOf(const Result<void>& result) {
  if (!result) return result.error();
  return Done{};
}
UsbAnswer AnswerOf(const Result<os::UsbOpened>& result) {
  if (!result) return result.error();
  return OpenedHandle{result->handle, result->configuration};
}
UsbAnswer AnswerOf(const Result<os::UsbTransferId>& result) {
  if (!result) return result.error();
  return BegunTransfer{*result};
}
UsbAnswer AnswerOf(const Result<std::vector<os::UsbDevice>>& result) {
  if (!result) return result.error();
  return SeenDevices{*result};
}

class RecordingUsb final : public os::UsbBus {
 public:
  RecordingUsb(os::UsbBus& inner, std::shared_ptr<Tape> tape)
      : inner_(inner), tape_(std::move(tape)) {}

  Result<std::vector<os::UsbDevice>> Devices() override {
    return Said("devices", inner_.Devices());
  }
  Result<void> Watch() override { return Said("watch", inner_.Watch()); }
  Result<os::UsbOpened> Open(const PortPath& port) override {
    return Said("open " + port.ToString(), inner_.Open(port));
  }
  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override {
    return Said(ClaimText(handle, interface_number), inner_.Claim(handle, interface_number));
  }
  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) override {
    std::string call = SubmitText(handle, transfer);
    return Said(std::move(call), inner_.Submit(handle, transfer));
  }
  void Cancel(os::UsbTransferId transfer) override {
    inner_.Cancel(transfer);
    (void)Said(fmt::format("cancel {}", transfer), Result<void>());
  }
  Result<void> Reset(os::UsbHandle handle) override {
    return Said(fmt::format("reset {}", handle), inner_.Reset(handle));
  }
  void Close(os::UsbHandle handle) override {
    inner_.Close(handle);
    (void)Said(fmt::format("close {}", handle), Result<void>());
  }
  Result<void> SetPortPower(const PortPath& port, PortPower power) override {
    return Said(PowerText(port, power), inner_.SetPortPower(port, power));
  }

 private:
  template <typename Value>
  Result<Value> Said(std::string call, Result<Value> result) {
    tape_->Add(UsbCall{std::move(call), AnswerOf(result)});
    return result;
  }

  os::UsbBus& inner_;
  std::shared_ptr<Tape> tape_;
};

class RecordingEvents final : public os::Events {
 public:
  RecordingEvents(os::Events& inner, std::shared_ptr<Tape> tape)
      : inner_(inner), tape_(std::move(tape)) {}

  Result<os::Event> Next(os::Moment deadline) override {
    auto event = inner_.Next(deadline);
    if (!event) return event;
    if (auto noted = Noted(*event)) tape_->Add(std::move(*noted));
    return event;
  }

 private:
  os::Events& inner_;
  std::shared_ptr<Tape> tape_;
};

}  // namespace

UsbRecording RecordUsb(const Recorded& recorded, std::function<void(std::string_view)> write) {
  auto tape = std::make_shared<Tape>(recorded.clock, std::move(write));
  return {std::make_unique<RecordingUsb>(recorded.usb, tape),
          std::make_unique<RecordingEvents>(recorded.events, tape)};
}

}  // namespace zprov::adapters
