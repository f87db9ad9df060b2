// Configurations of Linux's network gadgets, drivers/usb/gadget of 6.1, to the byte. What a gadget
// says and answers beside them is gadget.h.
#pragma once

#include <string>
#include <string_view>

#include "sim/usb_function.h"

namespace zprov::vm {

// Length, packets and intervals as they are at that speed.
std::string Shaped(std::string_view shape, sim::UsbSpeed speed);
// The same as its descriptor for the speed that the device does not have now (USB 2.0, 9.6.4).
std::string AtOtherSpeed(std::string configuration);

// Strings 1 to 3 are the gadget's maker, product and serial number; those of its function follow.

// function/f_subset.c: one interface, communications class, mobile direct line model with the GUID
// of SAFE, and no settings that the host must choose.
inline constexpr std::string_view kGethShape{
    "\x09\x02\x00\x00\x01\x01\x00\x80\x01"
    "\x09\x04\x00\x00\x02\x02\x0a\x00\x04"
    "\x05\x24\x00\x10\x01"
    "\x15\x24\x12\x00\x01\x5d\x34\xcf\x66\x11\x18\x11\xd6\xa2\x1a\x00\x01\x02\xca\x9a\x7f"
    "\x06\x24\x13\x00\x00\x00"
    "\x0d\x24\x0f\x05\x00\x00\x00\x00\xea\x05\x00\x00\x00"
    "\x07\x05\x81\x02\x00\x00\x00"
    "\x07\x05\x01\x02\x00\x00\x00",
    0x4d};

// function/f_ecm.c: control and data, whose second setting alone has endpoints. The segment size is
// 1514 whatever its MTU is, and newer hosts hold it to that.
inline constexpr std::string_view kEcmShape{
    "\x09\x02\x00\x00\x02\x01\x00\x80\x01"
    "\x08\x0b\x00\x02\x02\x06\x00\x07"
    "\x09\x04\x00\x00\x01\x02\x06\x00\x04"
    "\x05\x24\x00\x10\x01"
    "\x05\x24\x06\x00\x01"
    "\x0d\x24\x0f\x05\x00\x00\x00\x00\xea\x05\x00\x00\x00"
    "\x07\x05\x82\x03\x10\x00\x00"
    "\x09\x04\x01\x00\x00\x0a\x00\x00\x00"
    "\x09\x04\x01\x01\x02\x0a\x00\x00\x06"
    "\x07\x05\x81\x02\x00\x00\x00"
    "\x07\x05\x01\x02\x00\x00\x00",
    0x58};

}  // namespace zprov::vm
