# ccnproxy_room(NAME USES lib... SOURCES file...): the static library ccnproxy_NAME from src/NAME, whose headers for
# other rooms are in include/ccnproxy/NAME. USES names libraries, and the rooms whose headers it includes, which have been
# declared before; tests/unit/check_layering.sh reads it. The lowest room compiles the precompiled header of all.
function(ccnproxy_room name)
  cmake_parse_arguments(ROOM "" "" "USES;SOURCES" ${ARGN})
  add_library(ccnproxy_${name} STATIC ${ROOM_SOURCES})
  foreach(use IN LISTS ROOM_USES)
    if(TARGET ccnproxy_${use})
      target_link_libraries(ccnproxy_${name} PUBLIC ccnproxy_${use})
    elseif(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/src/${use})
      message(FATAL_ERROR "the room ${name} uses ${use}, which is not below it")
    else()
      target_link_libraries(ccnproxy_${name} PUBLIC ${use})
    endif()
  endforeach()
  if(name STREQUAL base)
    target_precompile_headers(ccnproxy_base PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)
  else()
    target_precompile_headers(ccnproxy_${name} REUSE_FROM ccnproxy_base)
  endif()
endfunction()

# Asio is compiled once, here, and only declared everywhere else.
add_library(boost_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/asio.cc)
target_link_libraries(boost_asio PUBLIC ccnproxy_options)
