#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "ccnproxy/config/units.h"

#include "reading.h"

/// The parts that the schema (schema.cc) is put together from: each makes the reader of one kind of
/// value.
namespace ccnproxy::config {

/// Reads one value into its place in a T; what is wrong with it becomes a mistake of `Reading`.
template <class T>
using Reader = std::function<void(Reading&, const YAML::Node&, T&)>;

/// One row of the schema: a key, how its value is read, and the keys below it (as schema_keys tells
/// them).
template <class T>
struct Field {
  Field(std::string_view key, Reader<T> reader, std::vector<std::string> keys_below = {})
      : name(key), read(std::move(reader)), below(std::move(keys_below)) {}

  std::string_view name;
  Reader<T> read;
  std::vector<std::string> below;
};

/// The schema of one map.
template <class T>
using Fields = std::vector<Field<T>>;

/// Reads a map by its schema.
template <class T>
void read_fields(Reading& reading, const YAML::Node& map, const Fields<T>& fields, T& target) {
  std::vector<std::string_view> names;
  for (const auto& field : fields) names.push_back(field.name);
  reading.each_key(map, names, [&](std::size_t index, const YAML::Node& value) {
    fields[index].read(reading, value, target);
  });
}

/// The paths of all keys of a schema, each with `prefix`.
template <class T>
std::vector<std::string> paths_of(const Fields<T>& fields, const std::string& prefix) {
  std::vector<std::string> paths;
  for (const auto& field : fields) {
    paths.push_back(prefix + std::string(field.name));
    for (const auto& path : field.below) paths.push_back(prefix + std::string(field.name) + path);
  }
  return paths;
}

/// A map below a key, which has its own schema.
template <class T, class Part>
Field<T> section(std::string_view name, Part T::*member, const Fields<Part>& fields) {
  return {name,
          [member, &fields](Reading& reading, const YAML::Node& node, T& target) {
            read_fields(reading, node, fields, target.*member);
          },
          paths_of(fields, ".")};
}

/// Fields of a part that stand in the same map as others of the whole.
template <class T, class Part>
Fields<T> lifted(Part T::*member, const Fields<Part>& fields) {
  Fields<T> all;
  for (const auto& field : fields) {
    all.emplace_back(
        field.name,
        [member, read = field.read](Reading& reading, const YAML::Node& node, T& target) {
          read(reading, node, target.*member);
        },
        field.below);
  }
  return all;
}

/// A map with keys that belong to the enclosing map of the Config structure.
template <class T>
Field<T> section_of_whole(std::string_view name, const Fields<T>& fields) {
  return {name,
          [&fields](Reading& reading, const YAML::Node& node, T& target) {
            read_fields(reading, node, fields, target);
          },
          paths_of(fields, ".")};
}

/// Text that `take` either puts where it belongs or refuses; `wanted` completes "must be ...".
template <class T>
Reader<T> text_of(std::string wanted, std::function<bool(const std::string&, T&)> take) {
  return [wanted = std::move(wanted), take = std::move(take)](Reading& reading,
                                                              const YAML::Node& node, T& target) {
    const auto text = reading.scalar(node, wanted);
    if (text && !take(*text, target)) reading.wrong_value(node, wanted);
  };
}

/// A scalar that is taken as it stands.
template <class T>
Reader<T> plain_text(std::string T::*member, std::string wanted, bool may_be_empty) {
  return text_of<T>(std::move(wanted), [=](const std::string& text, T& target) {
    target.*member = text;
    return may_be_empty || !text.empty();
  });
}

/// A list of scalars, each read as `element` reads it into a string.
template <class T>
Reader<T> list_of(std::vector<std::string> T::*member, std::string wanted,
                  Reader<std::string> element) {
  return [=](Reading& reading, const YAML::Node& node, T& target) {
    (target.*member).clear();
    if (node.IsNull()) return;
    reading.each_element(node, wanted, [&](std::size_t, const YAML::Node& value) {
      std::string text;
      element(reading, value, text);
      (target.*member).push_back(std::move(text));
    });
  };
}

template <class T, class Number>
Field<T> count(std::string_view name, Number T::*member, std::uint64_t least, std::uint64_t most,
               const char* note = "") {
  const std::string wanted =
      "a number from " + std::to_string(least) + " to " + std::to_string(most) + note;
  return {name, text_of<T>(wanted, [=](const std::string& text, T& target) {
            const bool bare = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
            const auto value = parse_size(text);
            if (!bare || !value || *value < least || *value > most) return false;
            target.*member = static_cast<Number>(*value);
            return true;
          })};
}

template <class T, class Number>
Field<T> size(std::string_view name, Number T::*member, std::uint64_t least, std::uint64_t most,
              std::string range) {
  return {name, text_of<T>("a size " + range + " (units: KiB, MiB, GiB)",
                           [=](const std::string& text, T& target) {
                             const auto value = parse_size(text);
                             if (!value || *value < least || *value > most) return false;
                             target.*member = static_cast<Number>(*value);
                             return true;
                           })};
}

template <class T>
Field<T> duration(std::string_view name, std::chrono::nanoseconds T::*member,
                  std::chrono::nanoseconds least, std::chrono::nanoseconds most,
                  std::string range) {
  return {name, text_of<T>("a duration " + range + " (units: us, ms, s, m, h)",
                           [=](const std::string& text, T& target) {
                             const auto value = parse_duration(text);
                             if (!value || *value < least || *value > most) return false;
                             target.*member = *value;
                             return true;
                           })};
}

template <class T>
Field<T> flag(std::string_view name, bool T::*member) {
  return {name, text_of<T>("true or false", [=](const std::string& text, T& target) {
            if (text != "true" && text != "false") return false;
            target.*member = text == "true";
            return true;
          })};
}

/// One of a few words.
template <class T, class Enum>
Field<T> choice(std::string_view name, Enum T::*member,
                std::vector<std::pair<std::string, Enum>> words) {
  std::string wanted = words.size() > 1 ? "one of" : "";
  for (const auto& word : words) wanted += (wanted.empty() ? "`" : " `") + word.first + '`';
  return {name, text_of<T>(wanted, [=](const std::string& text, T& target) {
            for (const auto& [word, value] : words) {
              if (text != word) continue;
              target.*member = value;
              return true;
            }
            return false;
          })};
}

}  // namespace ccnproxy::config
