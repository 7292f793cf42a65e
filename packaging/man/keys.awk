# The keys of config/ccnproxy.yaml, with their defaults and what the file says of them, as a list in mdoc(7).
# A comment directly above a key belongs to it, and one behind it, which may go on below. Lines of example below a key
# that begin with # in the first column are shown as they are.

function words(text) {  # as mdoc's text: `code` in bold, no control lines
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  while (match(text, /`[^`]*`/))
    text = substr(text, 1, RSTART - 1) "\\fB" substr(text, RSTART + 1, RLENGTH - 2) "\\fR" substr(text, RSTART + RLENGTH)
  sub(/^[.']/, "\\\\\\&&", text)
  return text
}

function flush() {
  if (name == "") return
  print ".It Cm " name (value == "" ? "" : " Pq default Ql " quoted(value))
  if (note != "") print words(note)
  if (example != "") {
    print ".Bd -literal"
    printf "%s", example
    print ".Ed"
  }
  name = ""
}

function quoted(text) {  # one argument of a macro
  gsub(/\\/, "\\e", text)
  gsub(/"/, "\\(dq", text)
  gsub(/-/, "\\-", text)
  return "\"" text "\""
}

function trimmed(text) { sub(/^[ #]+/, "", text); sub(/ +$/, "", text); return text }

function joined(a, b) { return a == "" ? b : b == "" ? a : a "\n" b }

/^ *$/ { above = ""; behind = 0; below = 0; next }

/^ *#/ {
  column = index($0, "#")
  if (column == 1 && below) {
    line = substr($0, 2)
    gsub(/\\/, "\\e", line)
    gsub(/-/, "\\-", line)
    example = example line "\n"
  } else if (column == behind) {
    note = joined(note, trimmed($0))
  } else {
    above = joined(above, trimmed($0))
  }
  next
}

/^ *(- )?[a-z_-]+:/ {
  depth = match($0, /[a-z]/) - 1
  element = $0 ~ /^ *- /
  key = $0
  sub(/^ *(- )?/, "", key)
  rest = key
  sub(/:.*/, "", key)
  sub(/^[a-z_-]+: */, "", rest)
  behind = 0
  comment = ""
  if (match(rest, / +#.*$/)) {
    comment = trimmed(substr(rest, RSTART))
    behind = index($0, " #") + 1
    rest = substr(rest, 1, RSTART - 1)
  }
  while (depth <= indent[level] && level > 0) level--
  if (parents[level] == "labels") {  # a map with arbitrary keys
    value = value (value == "" ? "" : ", ") key ": " rest
    next
  }
  flush()
  path = (level > 0 ? parents[level] (element ? "[]." : ".") : "") key
  indent[++level] = depth
  parents[level] = path
  name = path
  value = rest
  note = joined(above, comment)
  above = ""
  example = ""
  below = depth == 0
}

# An element of a list that is a key's value.
/^ *- / && !/^ *- [a-z_-]+:/ && name != "" {
  sub(/ +#.*$/, "")
  sub(/^ *- /, "")
  value = (value == "" ? "[" : substr(value, 1, length(value) - 1) ", ") $0 "]"
}

BEGIN { level = 0; indent[0] = -1 }
END { flush() }
