"""Reads lines of {"pickle": hex, "value": tagged}, and exits with an explanation at the first that Python sees otherwise."""

import io
import json
import pickle
import pickletools
import struct
import sys


def untag(tagged):
    if tagged is None or isinstance(tagged, bool):
        return tagged
    kind, content = tagged
    if kind == "float":
        return struct.unpack(">d", bytes.fromhex(content))[0]
    if kind == "int":
        return int(content)
    if kind == "str":
        return content
    items = [untag(item) for item in content]
    return items if kind == "list" else dict(zip(items[::2], items[1::2]))


def tag(value):
    """Types exactly: bool is an int to isinstance, and 1 == 1.0 == True."""
    if value is None or type(value) is bool:
        return value
    if type(value) is float:
        return ["float", struct.pack(">d", value).hex()]
    if type(value) is int:
        return ["int", str(value)]
    if type(value) is str:
        return ["str", value]
    if type(value) is list:
        return ["list", [tag(item) for item in value]]
    assert type(value) is dict, type(value)
    return ["dict", [tag(part) for item in value.items() for part in item]]


def without_memo(value):
    """What CPython's own pickler writes for it, if it keeps no memo."""
    out = io.BytesIO()
    pickler = pickle._Pickler(out, 4)
    pickler.fast = True
    pickler.dump(value)
    return out.getvalue()


def check(number, line):
    given = json.loads(line)
    data, expected = bytes.fromhex(given["pickle"]), given["value"]
    # The reader in C is the one that is used; the one in Python also refuses an opcode that crosses the end of a frame.
    for load in (pickle.loads, pickle._loads):
        found = tag(load(data))
        assert found == expected, f"value {number}: {load.__module__} read {found!r:.300}, not {expected!r:.300}"
    pickletools.dis(data, out=io.StringIO())
    opcodes = {opcode.name for opcode, _, _ in pickletools.genops(data)}
    assert not opcodes & {"GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD", "INST", "OBJ", "NEWOBJ"}, opcodes
    assert data == without_memo(untag(expected)), f"value {number}: CPython writes other bytes for {expected!r:.300}"


count = 0
for count, line in enumerate(sys.stdin, 1):
    check(count, line)
print(count)
