# Puts the dashboard into the admin room; see embed_dashboard.cmake.
set(dashboard ${PROJECT_SOURCE_DIR}/src/admin/dashboard)
set(dashboard_scripts text.js scrape.js failures.js history.js plot.js chart.js failure_views.js figures.js planned.js
  pictures.js origin.js origins.js problems.js reload.js poll.js page.js)
list(TRANSFORM dashboard_scripts PREPEND ${dashboard}/ OUTPUT_VARIABLE dashboard_files)
string(REPLACE ";" "," dashboard_names "${dashboard_scripts}")
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/dashboard_page.cc
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${dashboard} -DSCRIPTS=${dashboard_names}
          -DOUT=${PROJECT_BINARY_DIR}/dashboard_page.cc -P ${PROJECT_SOURCE_DIR}/cmake/embed_dashboard.cmake
  DEPENDS ${dashboard_files} ${dashboard}/page.html ${dashboard}/page.css ${PROJECT_SOURCE_DIR}/cmake/embed_dashboard.cmake
  VERBATIM)
target_sources(ccnproxy_admin PRIVATE ${PROJECT_BINARY_DIR}/dashboard_page.cc)
target_include_directories(ccnproxy_admin PRIVATE ${PROJECT_SOURCE_DIR}/src/admin)
