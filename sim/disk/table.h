// A map from number to value whose copies cost nothing: copies share what neither changed. The disk
// keeps its inodes and subvolumes in it, so that a snapshot, a sync or a power cut is one pointer.
// Not a general container: keys are small numbers, values must be copyable.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <tuple>

namespace zprov::sim {

// A trie of 16 ways. Whatever is shared with another copy is duplicated before it changes.
template <typename T>
class Table {
 public:
  const T* Find(uint64_t key) const {
    if (root_ == nullptr || (key >> (4 * height_)) != 0) return nullptr;
    const void* at = root_.get();
    for (int level = height_ - 1; level >= 0 && at != nullptr; --level)
      at = static_cast<const Branch*>(at)->below[Digit(key, level)].get();
    return static_cast<const T*>(at);
  }

  // The value to change in place; made by default when it is not there. Valid until the next call.
  T& Edit(uint64_t key) {
    if (root_ == nullptr) root_ = std::make_shared<Branch>();
    while ((key >> (4 * height_)) != 0) Grow();
    std::shared_ptr<void>* slot = &root_;
    for (int level = height_ - 1; level >= 0; --level)
      slot = &Own<Branch>(*slot).below[Digit(key, level)];
    return Own<T>(*slot);
  }

  void Set(uint64_t key, T value) { Edit(key) = std::move(value); }

  void Erase(uint64_t key) {
    if (Find(key) == nullptr) return;
    std::shared_ptr<void>* slot = &root_;
    for (int level = height_ - 1; level >= 0; --level)
      slot = &Own<Branch>(*slot).below[Digit(key, level)];
    slot->reset();
  }

  // Copies of which none changed since. False says nothing: values may be equal all the same.
  bool IsOneWith(const Table& other) const { return root_ == other.root_; }

  // visit(key, value) in the order of the keys.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    if (root_ != nullptr) Walk(*static_cast<const Branch*>(root_.get()), height_ - 1, 0, visit);
  }

  // visit(key, before, now) for each value that the two do not share, in the order of the keys;
  // null: one of them has none.
  template <typename Visit>
  static void ForEachDifference(Table before, Table now, const Visit& visit) {
    while (before.height_ < now.height_) before.Grow();
    while (now.height_ < before.height_) now.Grow();
    Compare(static_cast<const Branch*>(before.root_.get()),
            static_cast<const Branch*>(now.root_.get()), {now.height_ - 1, 0}, visit);
  }

 private:
  struct Branch {
    std::array<std::shared_ptr<void>, 16> below;  // Branches, or T in the lowest level
  };

  static size_t Digit(uint64_t key, int level) { return (key >> (4 * level)) & 15; }

  template <typename Value>
  static Value& Own(std::shared_ptr<void>& slot) {
    if (slot == nullptr) {
      slot = std::make_shared<Value>();
    } else if (slot.use_count() > 1) {
      slot = std::make_shared<Value>(*static_cast<const Value*>(slot.get()));
    }
    return *static_cast<Value*>(slot.get());
  }

  void Grow() {
    auto taller = std::make_shared<Branch>();
    taller->below[0] = std::move(root_);
    root_ = std::move(taller);
    ++height_;
  }

  template <typename Visit>
  static void Walk(const Branch& branch, int level, uint64_t prefix, const Visit& visit) {
    for (size_t digit = 0; digit < branch.below.size(); ++digit) {
      const void* below = branch.below[digit].get();
      if (below == nullptr) continue;
      uint64_t key = prefix << 4 | digit;
      if (level == 0) {
        visit(key, *static_cast<const T*>(below));
      } else {
        Walk(*static_cast<const Branch*>(below), level - 1, key, visit);
      }
    }
  }

  struct Place {
    int level;
    uint64_t prefix;
  };

  template <typename Visit>
  static void Compare(const Branch* before, const Branch* now, Place at, const Visit& visit) {
    if (before == now) return;
    for (size_t digit = 0; digit < std::tuple_size_v<decltype(Branch::below)>; ++digit) {
      const void* had = before == nullptr ? nullptr : before->below[digit].get();
      const void* has = now == nullptr ? nullptr : now->below[digit].get();
      const uint64_t key = at.prefix << 4 | digit;
      if (had == has) continue;
      if (at.level == 0) {
        visit(key, static_cast<const T*>(had), static_cast<const T*>(has));
      } else {
        Compare(static_cast<const Branch*>(had), static_cast<const Branch*>(has),
                {at.level - 1, key}, visit);
      }
    }
  }

  std::shared_ptr<void> root_;
  int height_ = 1;
};

}  // namespace zprov::sim
