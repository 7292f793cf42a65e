"""What prometheus-adapter makes of the first of its rules:

  adapter.py RULES seriesQuery                                     which series it looks for
  adapter.py RULES metricsQuery Series=… LabelMatchers=… GroupBy=…   what it asks for their values
  adapter.py RULES resources                                       LABEL=RESOURCE of each label that names an object

Placeholders are of Go's templates, between << and >>. Keys and placeholders that the adapter does not have are mistakes.
"""

import re
import sys

import yaml

KEYS = {"seriesQuery", "seriesFilters", "resources", "name", "metricsQuery"}


def first_rule(path):
    with open(path, encoding="utf-8") as file:
        rule = yaml.safe_load(file)["rules"][0]
    unknown = set(rule) - KEYS
    if unknown:
        raise SystemExit(f"no rule has {', '.join(unknown)}")
    return rule


def expanded(template, values):
    def value(match):
        name = match.group(1)
        if name not in values:
            raise SystemExit(f"nothing fills in {match.group(0)}")
        return values[name]

    return re.sub(r"<<\s*\.(\w+)\s*>>", value, template)


def main(path, what, *assignments):
    rule = first_rule(path)
    if what == "resources":
        overrides = rule["resources"]["overrides"]
        print(*(f"{label}={target['resource']}" for label, target in sorted(overrides.items())))
    else:
        print(expanded(rule[what], dict(assignment.split("=", 1) for assignment in assignments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
