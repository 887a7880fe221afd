# The Debian package (cpack --preset deb) and what is installed beside the programs.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME "${PROJECT_NAME}")
set(CPACK_PACKAGE_CONTACT "Bytepath developers <bytepath@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "probes that show where bytes wait on their way to a program")
set(CPACK_PACKAGE_DESCRIPTION "Command line probes. memcpy-probe and cpu-probe time how memory is copied on
this host: copy instructions, libc and the kernel, over size and over the
distance between source and destination, and say whether the slow rep movsb
of some AMD processors hits here. run-probe measures commands as hyperfine
does, and compares them in pairs with an interval that holds on a noisy host;
probe-compare makes a gate for continuous integration of it. fault-probe tells
which bytes and tensors of a mapped weight file a process touches, when, and at
what cost.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# The package must not depend on the umask of whoever makes it.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# Debian wants the changelog in its own form; ours is for people.
set(script "${PROJECT_SOURCE_DIR}/scripts/cmake/debian-changelog")
add_custom_command(OUTPUT changelog.gz DEPENDS "${PROJECT_SOURCE_DIR}/CHANGELOG.md" "${script}" VERBATIM
  COMMAND "${script}" "${PROJECT_SOURCE_DIR}/CHANGELOG.md" ${PROJECT_NAME} "${CPACK_PACKAGE_CONTACT}" > changelog
  COMMAND gzip -9nc changelog > changelog.gz)
add_custom_target(changelog ALL DEPENDS changelog.gz)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/changelog.gz" DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

include(CPack)
