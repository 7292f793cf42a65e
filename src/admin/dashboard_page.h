#pragma once

#include <string_view>

namespace ccnproxy::admin {

/// What is at `/`: one page of HTML with its style and script in it, made at build time of the
/// files in dashboard/ (cmake/embed_dashboard.cmake).
extern const std::string_view dashboard_page;
/// The Content-Security-Policy that it needs and that allows nothing else.
extern const std::string_view dashboard_policy;

}  // namespace ccnproxy::admin
