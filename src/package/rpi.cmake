# CMake's toolchain file of preset rpi: the B+ and all boards with its processor (BCM2835: one ARM1176JZF-S, ARMv6). Soft float calls
# are Debian armel's ABI; Raspberry Pi OS (armhf for ARMv6) runs such programs where they bring their libraries.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv6l)
set(CMAKE_CXX_COMPILER arm-linux-gnueabi-g++)
# Offsets and times of 64 bits: src/adapters/fd.h insists. -Wpsabi tells of GCC 7's change in passing some types by value; no library
# that is linked has such a function.
set(CMAKE_CXX_FLAGS_INIT "-mcpu=arm1176jzf-s -mfloat-abi=soft -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -Wno-psabi")

cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)
set(CMAKE_SYSROOT ${root}build/vm/sysroot)
if(NOT ZPROV_SYSROOT_MADE) # CMake reads this file several times
  message(STATUS "Debian's armel libraries: ${CMAKE_SYSROOT}")
  execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/sysroot ${CMAKE_SYSROOT} COMMAND_ERROR_IS_FATAL ANY)
  set(ZPROV_SYSROOT_MADE ON)
  list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ZPROV_SYSROOT_MADE)
endif()

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${CMAKE_SYSROOT}/usr/lib/arm-linux-gnueabi/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig)

# The processor is checked too: an instruction that it does not have ends the program.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-arm-static -cpu arm1176 -L ${CMAKE_SYSROOT})
