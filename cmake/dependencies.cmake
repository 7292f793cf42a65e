# The system's packages (packaging/install_dependencies.sh); nothing is downloaded while building.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)

add_library(ccnproxy_options INTERFACE)
target_include_directories(ccnproxy_options INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(ccnproxy_options INTERFACE
  CCNPROXY_VERSION="${PROJECT_VERSION}" BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_compile_options(ccnproxy_options INTERFACE -Wall -Wextra -Wpedantic $<$<BOOL:${CCNPROXY_WERROR}>:-Werror> -Wshadow -fno-plt
  $<$<AND:$<BOOL:${CCNPROXY_WERROR}>,$<CXX_COMPILER_ID:GNU>>:-Wno-error=maybe-uninitialized>)
target_link_libraries(ccnproxy_options INTERFACE Threads::Threads Boost::headers)
if(CCNPROXY_SANITIZE)
  target_compile_options(ccnproxy_options INTERFACE -fsanitize=${CCNPROXY_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(ccnproxy_options INTERFACE -fsanitize=${CCNPROXY_SANITIZE})
  if(CCNPROXY_SANITIZE MATCHES thread)
    # TSan does not see fences. Asio's only strengthen what its mutexes order already.
    target_compile_definitions(ccnproxy_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
  if(CCNPROXY_SANITIZE MATCHES undefined)
    target_compile_options(ccnproxy_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
if(CCNPROXY_FUZZ)
  # clang 14 can't say in a coroutine of which type a function is ("difference across sections").
  target_compile_options(ccnproxy_options INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize=function)
endif()
