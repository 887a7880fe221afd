# The Debian packages (cpack --preset deb) and what is installed beside the programs.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME "${PROJECT_NAME}")
set(CPACK_PACKAGE_CONTACT "Bytepath developers <bytepath@example.org>")
# Of each package the first line of its description is the summary; one for all of them would come before it.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_COMPONENT_PROBES_DESCRIPTION "probes that show where bytes wait on their way to a program
Command line probes. memcpy-probe and cpu-probe time how memory is copied on
this host: copy instructions, libc and the kernel, over size and over the
distance between source and destination, and say whether the slow rep movsb
of some AMD processors hits here. run-probe measures commands as hyperfine
does, and compares them in pairs with an interval that holds on a noisy host;
probe-compare makes a gate for continuous integration of it. tier-probe
measures what a byte costs from each tier that it may come from, from the
first cache to a server, and tells which one served an access. What they trace
in the kernel needs bytepath-tracing too.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# The package must not depend on the umask of whoever makes it.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# lazyfs is a package of its own: FUSE and HTTP are nothing that a probe needs. So is tracing: a server that is only
# measured needs no libbpf, which our programs load when they trace. apt installs it by default, so that who upgrades
# from the time of one package keeps all programs.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL probes tracing lazyfs)
set(CPACK_DEBIAN_PROBES_PACKAGE_NAME ${PROJECT_NAME})
set(CPACK_DEBIAN_PROBES_PACKAGE_RECOMMENDS ${PROJECT_NAME}-tracing)
set(CPACK_DEBIAN_TRACING_PACKAGE_NAME ${PROJECT_NAME}-tracing)
set(CPACK_DEBIAN_TRACING_PACKAGE_DEPENDS "${PROJECT_NAME} (= ${PROJECT_VERSION}), libbpf1")
set(CPACK_DEBIAN_TRACING_PACKAGE_BREAKS "${PROJECT_NAME} (<< ${PROJECT_VERSION})")  # it had these files once
set(CPACK_DEBIAN_TRACING_PACKAGE_REPLACES "${PROJECT_NAME} (<< ${PROJECT_VERSION})")
set(CPACK_COMPONENT_TRACING_DESCRIPTION "probes that trace page faults and lazily loading mounts by BPF
fault-probe tells which bytes and tensors of a mapped weight file a process
touches, when, and at what cost; chunk-probe what a mount that loads lazily
fetches, from where and how late. With this package the programs of bytepath
trace too: copies, system calls and what serves an access.")
set(CPACK_DEBIAN_LAZYFS_PACKAGE_NAME ${PROJECT_NAME}-lazyfs)
set(CPACK_DEBIAN_LAZYFS_PACKAGE_DEPENDS fuse3)  # fusermount3, which unmounts when lazyfs was killed
set(CPACK_COMPONENT_LAZYFS_DESCRIPTION "small lazy mount with known tiers, to test profilers with
lazyfs shows an image or a directory and fetches what is read of it in chunks,
from a directory, from shard servers or from an origin, each with a latency
that can be chosen and repeated. It writes down what each request really cost,
so that what a profiler of lazy mounts says can be compared with it.")

# The time within a package is that of its source, not of its making.
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_BINARY_DIR}/cpack_time.cmake")
set(source_date "${PROJECT_SOURCE_DIR}/scripts/cmake/source-date")
configure_file("${PROJECT_SOURCE_DIR}/scripts/cmake/cpack_time.cmake.in" cpack_time.cmake @ONLY)

# Debian wants the changelog in its own form; ours is for people.
set(script "${PROJECT_SOURCE_DIR}/scripts/cmake/debian-changelog")
function(bytepath_package_documents component package)
  set(changelog ${package}.changelog)
  add_custom_command(OUTPUT ${changelog}.gz DEPENDS "${PROJECT_SOURCE_DIR}/CHANGELOG.md" "${script}" VERBATIM
    COMMAND "${script}" "${PROJECT_SOURCE_DIR}/CHANGELOG.md" ${package} "${CPACK_PACKAGE_CONTACT}" > ${changelog}
    COMMAND gzip -9nc ${changelog} > ${changelog}.gz)
  add_custom_target(${changelog} ALL DEPENDS ${changelog}.gz)
  set(folder ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package})
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${changelog}.gz" RENAME changelog.gz DESTINATION ${folder}
    COMPONENT ${component})
  install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" RENAME copyright DESTINATION ${folder} COMPONENT ${component})
endfunction()
bytepath_package_documents(probes ${PROJECT_NAME})
bytepath_package_documents(tracing ${PROJECT_NAME}-tracing)
bytepath_package_documents(lazyfs ${PROJECT_NAME}-lazyfs)

include(CPack)
