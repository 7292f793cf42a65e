#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace ccnproxy::config {

/// What is wrong with a command line that `app` could not parse, in our own words, with the nearest
/// flag or command. CLI11's message serves only to tell the kinds apart.
std::string explain_usage(const CLI::App& app, const CLI::ParseError& error);

}  // namespace ccnproxy::config
