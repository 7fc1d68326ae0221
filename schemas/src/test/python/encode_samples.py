"""Writes the single-object encoding of the sample records with fastavro, which shares no code with the Java side.

    pip install fastavro==1.12.2
    python schemas/src/test/python/encode_samples.py

For each <Record>.v<N>.json beside it, writes <Record>.v<N>.bin with the released schema of that version. The JSON is plain:
bytes in base64, timestamps as epoch ms. Released samples never change; run it to add those of a new version.
"""

import base64
import io
import json
import pathlib

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

MODULE = pathlib.Path(__file__).resolve().parents[3]
SAMPLES = MODULE / "src/test/resources/io/amanuensis/schemas/released"
SCHEMAS = MODULE / "src/main/resources/io/amanuensis/schemas/released"


def with_bytes(schema, record):
    """The record with its top-level bytes fields taken out of base64."""
    for field in schema["fields"]:
        if field["type"] in ("bytes", ["null", "bytes"]) and record[field["name"]] is not None:
            record[field["name"]] = base64.b64decode(record[field["name"]])
    return record


def single_object(schema, record):
    crc = bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))  # already little-endian
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), with_bytes(schema, record), strict=True)
    return b"\xc3\x01" + crc + body.getvalue()


for sample in sorted(SAMPLES.glob("*.json")):
    schema = json.loads((SCHEMAS / (sample.stem + ".avsc")).read_text())
    sample.with_suffix(".bin").write_bytes(single_object(schema, json.loads(sample.read_text())))
