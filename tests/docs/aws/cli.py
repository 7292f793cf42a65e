"""The AWS command line (Debian's awscli), asked of a stand-in instead of AWS:  cli.py ARGUMENTS...

The address of the stand-in is in $STAND_IN. `aws` itself looks at names, types and what is required; here each value is also
held against what AWS publishes of its APIs: the permitted words, patterns and limits. A mistake ends the command as the
mistakes do that `aws` finds, and nothing is sent.
"""

import os
import re
import sys

from awscli.botocore.exceptions import ParamValidationError
from awscli.clidriver import create_clidriver


def objections(shape, value, path=""):
    """What is wrong with the value, by the model that the command line has of the API. Unknown members are `aws`'s to find."""
    if shape.type_name == "structure":
        for name in value.keys() & shape.members.keys():
            yield from objections(shape.members[name], value[name], f"{path}.{name}".lstrip("."))
    elif shape.type_name == "list":
        for part in value:
            yield from objections(shape.member, part, path)
    elif shape.type_name == "string":
        yield from objections_to_text(shape, value, path)
    elif shape.type_name in ("integer", "long", "double", "float") and value > shape.metadata.get("max", value):
        yield f"{path} is more than {shape.metadata['max']}"


def objections_to_text(shape, value, path):
    if shape.enum and value not in shape.enum:
        yield f"{path} is {value}, not one of {', '.join(shape.enum)}"
    if "pattern" in shape.metadata and not re.fullmatch(shape.metadata["pattern"], value):
        yield f"{path} is {value}, which is not {shape.metadata['pattern']}"
    if not shape.metadata.get("min", 0) <= len(value) <= shape.metadata.get("max", len(value)):
        yield f"{path} has {len(value)} characters"


def judge(params, model, **_):
    wrong = list(objections(model.input_shape, params)) if model.input_shape else []
    if wrong:
        raise ParamValidationError(report="\n".join(wrong))


def main():
    driver = create_clidriver()
    driver.session.register("before-parameter-build.*.*", judge)
    return driver.main(sys.argv[1:] + ["--endpoint-url", os.environ["STAND_IN"]])


if __name__ == "__main__":
    sys.exit(main())
