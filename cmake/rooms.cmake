# ccnproxy_room(NAME USES lib...): one static library from src/NAME/*.cc, with the headers include/ccnproxy/NAME.
# Rooms that are not there yet (a header-only room) become interface libraries. The lowest compiles the precompiled header of all.
function(ccnproxy_room name)
  cmake_parse_arguments(ROOM "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  if(sources)
    add_library(${name} STATIC ${sources})
    if(name STREQUAL base)
      target_precompile_headers(base PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)
    else()
      target_precompile_headers(${name} REUSE_FROM base)
    endif()
    target_link_libraries(${name} PUBLIC ${ROOM_USES})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ROOM_USES})
  endif()
endfunction()

# Asio is compiled once, here, and only declared everywhere else.
add_library(boost_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/asio.cc)
target_link_libraries(boost_asio PUBLIC ccnproxy_options)
