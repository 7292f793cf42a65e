#!/usr/bin/env python3
"""What the program in a build folder is made of, as SPDX 2.3 (JSON) on standard output.

Usage: packaging/make_sbom.py BUILD_FOLDER VERSION

The packages are those of this machine: the shared libraries that the program was linked with, and the headers that were
compiled into it, by the compiler's own account (ninja -t deps). SOURCE_DATE_EPOCH is its time; the same build gives the same
bytes.
"""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def release():
    """purl's name of the distribution, as debian-12, and of its makers."""
    with open("/etc/os-release", encoding="utf-8") as file:
        fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', file.read(), re.M))
    return fields["ID"], f"{fields['ID']}-{fields['VERSION_ID']}"


def libraries(program):
    """Where the loader finds what the program names itself: not what those libraries need in turn."""
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-dW", program)))
    found = dict(re.findall(r"^\s*(\S+)(?: => (\S+))? \(0x", output("ldd", program), re.M))
    return [found.get(name) or next(path for path in found if path.endswith("/" + name)) for name in needed]


def headers(build):
    """Every file outside of the tree that a source file was compiled with."""
    names = {line.strip() for line in output("ninja", "-C", build, "-t", "deps").splitlines() if line.startswith("    ")}
    return [name for name in names if name.startswith("/usr/")]


def owners(files):
    """The packages that these files came with. A folder that is a link (/lib) has another name in dpkg's books."""
    asked = sorted({name for file in files for name in (file, os.path.realpath(file))})
    found = set()
    for start in range(0, len(asked), 500):
        run = subprocess.run(["dpkg-query", "-S", *asked[start:start + 500]], capture_output=True, text=True, check=False)
        for line in run.stdout.splitlines():
            if not line.startswith("diversion by "):
                found.update(name.strip() for name in line.rsplit(": ", 1)[0].split(","))
    return found


def describe(name):
    """What dpkg's books have of an installed package."""
    form = "${binary:Package}\\t${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n"
    fields = output("dpkg-query", "-W", f"-f={form}", name).splitlines()[0].split("\t")
    return dict(zip(("id", "name", "version", "architecture", "source", "source_version"), fields))


def by_name(files):
    packages = {one["name"]: one for one in map(describe, owners(files))}
    if not packages:
        sys.exit("make_sbom.py: no package has any of these: " + " ".join(sorted(files)[:5]))
    return packages


def spdx_id(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", text)


def package(one, maker, distribution):
    version = one["version"].replace(":", "%3A").replace("+", "%2B")
    return {
        "SPDXID": spdx_id("Package-" + one["name"]),
        "name": one["name"],
        "versionInfo": one["version"],
        "supplier": "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "sourceInfo": f"built from {one['source']} {one['source_version']}",
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/{maker}/{one['name'].replace('+', '%2B')}@{version}"
                                f"?arch={one['architecture']}&distro={distribution}",
        }],
    }


def document(build, version):
    maker, distribution = release()
    linked = by_name(libraries(os.path.join(build, "ccnproxy")))
    compiled = by_name(headers(build))
    program = {
        "SPDXID": "SPDXRef-Package-ccnproxy",
        "name": "ccnproxy",
        "versionInfo": version,
        "supplier": "Organization: the ccnproxy authors",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "MIT",
        "licenseDeclared": "MIT",
        "copyrightText": "Copyright 2026 the ccnproxy authors",
        "primaryPackagePurpose": "APPLICATION",
    }
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", program["SPDXID"])]
    relations += [(program["SPDXID"], "DYNAMIC_LINK", spdx_id("Package-" + name)) for name in sorted(linked)]
    relations += [(spdx_id("Package-" + name), "BUILD_DEPENDENCY_OF", program["SPDXID"]) for name in sorted(compiled)]
    packages = {**compiled, **linked}
    made = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    whole = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"ccnproxy-{version}",
        "documentNamespace": "",
        "creationInfo": {"created": made.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: make_sbom.py"]},
        "packages": [program] + [package(packages[name], maker, distribution) for name in sorted(packages)],
        "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations],
    }
    # A document of its own for each content, and no site, as none belongs to it.
    digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    whole["documentNamespace"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}"
    return whole


if len(sys.argv) != 3:
    sys.exit(__doc__)
json.dump(document(sys.argv[1], sys.argv[2]), sys.stdout, indent=1)
print()
