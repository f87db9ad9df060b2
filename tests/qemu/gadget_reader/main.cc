// Runs in a Zero whose controller is usbip-vudc: asks the gadget that is offered there what a host
// asks, and prints the answers, each behind the word that is given.
// Usage: gadget_reader USBIP_SOCKFD WORD
#include <cstdio>

#include "qemu/gadget_reader/usbip_host.h"

int main(int count, char** words) {
  if (count != 3) {
    std::fprintf(stderr, "Usage: %s USBIP_SOCKFD WORD\n", words[0]);
    return 2;
  }
  zprov::tests::UsbipHost host(words[1]);
  for (const std::string& line : zprov::tests::Interview(host)) {
    std::printf("%s: %s\n", words[2], line.c_str());
  }
  return 0;
}
