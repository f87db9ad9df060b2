# What preset rpi makes of the program: the unit, a Debian package (target package) and a self-contained tarball (with the program).
set(here ${CMAKE_CURRENT_LIST_DIR})
set(unit ${PROJECT_BINARY_DIR}/zprov.service)
add_custom_command(OUTPUT ${unit} DEPENDS zprov ${here}/unit VERBATIM
                   COMMAND ${here}/unit ${unit} ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:zprov>)
add_custom_target(zprov_unit ALL DEPENDS ${unit})
install(FILES ${unit} DESTINATION lib/systemd/system)

# The same program, linked to find loader and libraries in /opt/zprov. DT_RPATH, since libraries inherit it, and not DT_RUNPATH.
add_executable(zprov_alone ${PROJECT_SOURCE_DIR}/src/main.cc)
target_link_libraries(zprov_alone PRIVATE zprov_cli zprov_adapters zprov_sim)
target_link_options(zprov_alone PRIVATE LINKER:--dynamic-linker=/opt/zprov/lib/ld-linux.so.3 LINKER:--disable-new-dtags)
set_target_properties(zprov_alone PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/../lib")
set(tarball ${PROJECT_BINARY_DIR}/zprov-${PROJECT_VERSION}-armv6.tar.gz)
set(documents README.md hil/CAUTION.md hil/README.md hil/rig.toml)
list(TRANSFORM documents PREPEND ${PROJECT_SOURCE_DIR}/)
add_custom_command(OUTPUT ${tarball} DEPENDS zprov_alone ${here}/tarball ${documents} VERBATIM
                   COMMAND ${here}/tarball ${CMAKE_SYSROOT} $<TARGET_FILE:zprov_alone> ${tarball})
add_custom_target(zprov_tarball ALL DEPENDS ${tarball})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The authors of zprov <zprov@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE armel)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
# What `zprov doctor` asks for: an NFS server, and what makes the nodes' initramfs.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "nfs-kernel-server, initramfs-tools")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${here}/postinst ${here}/prerm ${here}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# Read by cpack, when the program is there.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/cpack_depends.cmake @ONLY CONTENT [[
execute_process(COMMAND @here@/depends @CMAKE_SYSROOT@ @PROJECT_BINARY_DIR@/src/zprov OUTPUT_VARIABLE CPACK_DEBIAN_PACKAGE_DEPENDS
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(PREPEND CPACK_DEBIAN_PACKAGE_DEPENDS "init-system-helpers, ")
]])
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_BINARY_DIR}/cpack_depends.cmake)
include(CPack)
