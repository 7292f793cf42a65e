# The admin endpoint's dashboard as one C++ file: the page with its style and script in it, and the policy that lets a
# browser run these and nothing else (Content-Security-Policy with their hashes).
# cmake -DFOLDER=src/admin/dashboard -DSCRIPTS=a.js,b.js -DOUT=page.cc -P cmake/embed_dashboard.cmake

# SHA-256 of a text in Base64, which CMake does not have: three hexadecimal digits are two of Base64's.
function(hash_of text result)
  string(SHA256 hex "${text}")
  set(digits ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  set(out "")
  foreach(at RANGE 0 63 3)
    string(SUBSTRING "${hex}00" ${at} 3 three)
    math(EXPR high "0x${three} >> 6")
    math(EXPR low "0x${three} & 63")
    string(SUBSTRING ${digits} ${high} 1 first)
    string(SUBSTRING ${digits} ${low} 1 second)
    string(APPEND out ${first}${second})
  endforeach()
  string(SUBSTRING ${out} 0 43 out)
  set(${result} "sha256-${out}=" PARENT_SCOPE)
endfunction()

file(READ ${FOLDER}/page.html page)
file(READ ${FOLDER}/page.css style)
set(script "'use strict';\n(() => {\n")
string(REPLACE "," ";" names "${SCRIPTS}")
foreach(name IN LISTS names)
  file(READ ${FOLDER}/${name} part)
  string(APPEND script "${part}")
endforeach()
string(APPEND script "})();\n")

hash_of("${style}" style_hash)
hash_of("${script}" script_hash)
string(REPLACE "{style}" "${style}" page "${page}")
string(REPLACE "{script}" "${script}" page "${page}")
string(CONCAT policy "default-src 'none'; script-src '${script_hash}'; style-src '${style_hash}'; connect-src 'self'; "
  "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
  "trusted-types 'none'")
file(WRITE ${OUT} "// Made by cmake/embed_dashboard.cmake.
#include \"dashboard_page.h\"

namespace ccnproxy::admin {

const std::string_view dashboard_page = R\"~page~(${page})~page~\";
const std::string_view dashboard_policy = R\"~page~(${policy})~page~\";

}  // namespace ccnproxy::admin
")
