"""Writes common/unicode_ranges.inc: the code points of \\p{L}, \\p{N} and \\p{White_Space}.

    python3 unicode_ranges.py > ../cpp/common/unicode_ranges.inc

Needs the package `regex`, whose release 2026.9.29 carries Unicode 17.0.
"""
import regex


def ranges(prop):
    inside = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF and regex.fullmatch(prop, chr(c))]
    out = []
    for c in inside:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


print("// Unicode 17.0; written by tools/unicode_ranges.py.")
for name, prop in (("kLetters", r"\p{L}"), ("kNumbers", r"\p{N}"), ("kWhiteSpace", r"\p{White_Space}")):
    items = [f"{{0x{a:x}, 0x{b:x}}}" for a, b in ranges(prop)]
    print(f"\nconstexpr Range {name}[] = {{")
    for i in range(0, len(items), 6):
        print("    " + ", ".join(items[i:i + 6]) + ",")
    print("};")
