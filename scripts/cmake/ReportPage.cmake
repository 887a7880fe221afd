# bytepath_report_page(<module>): packs lib/report/html/ and the Vega of Debian's libjs-vega into an
# object of that module. Nothing of Vega is kept in this tree.
find_path(BYTEPATH_VEGA_DIR vega-view.min.js PATHS /usr/share/javascript/vega NO_DEFAULT_PATH
  DOC "folder with vega-*.min.js, one file a module, as libjs-vega installs them")
find_file(BYTEPATH_VEGA_LICENSE copyright PATHS /usr/share/doc/libjs-vega NO_DEFAULT_PATH
  DOC "the licence of that Vega, which every page must carry")

function(bytepath_report_page module)
  if(NOT BYTEPATH_VEGA_DIR OR NOT BYTEPATH_VEGA_LICENSE)
    message(FATAL_ERROR "The HTML report needs Vega: install the Debian package libjs-vega "
      "(apt-get install libjs-vega), or set BYTEPATH_VEGA_DIR and BYTEPATH_VEGA_LICENSE.")
  endif()
  set(pages "${PROJECT_SOURCE_DIR}/lib/report/html")
  set(out "${CMAKE_CURRENT_BINARY_DIR}/report_page")
  file(GLOB inputs CONFIGURE_DEPENDS "${pages}/*" "${BYTEPATH_VEGA_DIR}/*.min.js")
  add_custom_command(
    OUTPUT "${out}/page_assets.cpp" BYPRODUCTS "${out}/vega.js"
    COMMAND "${CMAKE_COMMAND}" -D "VEGA_DIR=${BYTEPATH_VEGA_DIR}" -D "VEGA_LICENSE=${BYTEPATH_VEGA_LICENSE}"
            -D "PAGES=${pages}" -D "OUT=${out}" -P "${PROJECT_SOURCE_DIR}/scripts/cmake/pack_page.cmake"
    DEPENDS ${inputs} "${BYTEPATH_VEGA_LICENSE}" "${PROJECT_SOURCE_DIR}/scripts/cmake/pack_page.cmake"
    COMMENT "Packing the HTML report" VERBATIM)
  target_sources(bytepath_${module} PRIVATE "${out}/page_assets.cpp")
  # The assembler takes them in, which no compiler tells of.
  set_property(SOURCE "${out}/page_assets.cpp" PROPERTY OBJECT_DEPENDS "${inputs}")
endfunction()
