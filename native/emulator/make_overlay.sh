#!/bin/sh
# Makes an overlay whose kernel the emulated NPU computes itself: C [M][N] = A [M][K] x B [K][N], bfloat16 in, float32 out.
# Its container has the layout of a real one (kernel MLIR_AIE, opcode, instructions and their number, three buffers); only the
# program image in it is text that names the kernel.
#
#   make_overlay.sh FOLDER XCLBINUTIL M K N        writes overlay.json, gemm.xclbin and gemm.insts into the folder
set -eu
folder=$1
xclbinutil=$2
m=$3
k=$4
n=$5

mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A little-endian word of 32 bits.
word() {
    printf "\\$(printf %03o $(($1 & 255)))\\$(printf %03o $((($1 >> 8) & 255)))"
    printf "\\$(printf %03o $((($1 >> 16) & 255)))\\$(printf %03o $((($1 >> 24) & 255)))"
}
for value in 0x4D454741 "$m" "$k" "$n"; do
    word "$value"
done > "$folder/gemm.insts"

cat > "$folder/overlay.json" <<JSON
{"format": "amanuensis-overlay-1", "name": "emulated gemm $m x $k x $n",
 "container": "gemm.xclbin", "kernel": "MLIR_AIE", "instructions": "gemm.insts",
 "shape": [$m, $k, $n], "types": {"a": "bf16", "b": "bf16", "c": "f32"},
 "arguments": ["opcode", "instructions", "instruction-words", "a", "b", "c"]}
JSON

printf 'amanuensis gemm %s %s %s' "$m" "$k" "$n" > "$work/gemm.pdi"
cat > "$work/memory.json" <<'JSON'
{"mem_topology": {"m_count": "2", "m_mem_data": [
  {"m_type": "MEM_DRAM", "m_used": "1", "m_sizeKB": "0x10000", "m_tag": "HOST", "m_base_address": "0x4000000"},
  {"m_type": "MEM_DRAM", "m_used": "1", "m_sizeKB": "0xc000", "m_tag": "SRAM", "m_base_address": "0x4000000"}]}}
JSON
cat > "$work/partition.json" <<JSON
{"aie_partition": {"name": "QoS", "operations_per_cycle": "2048",
  "inference_fingerprint": "1", "pre_post_fingerprint": "1",
  "partition": {"column_width": 8, "start_columns": [0]},
  "PDIs": [{"uuid": "00000000-0000-0000-0000-000000000001", "file_name": "$work/gemm.pdi",
    "cdo_groups": [{"name": "DPU", "type": "PRIMARY", "pdi_id": "0x01", "dpu_kernel_ids": ["0x901"],
      "pre_cdo_groups": ["0xC1"]}]}]}}
JSON
cat > "$work/kernels.json" <<'JSON'
{"ps-kernels": {"kernels": [{"name": "MLIR_AIE", "type": "dpu",
  "extended-data": {"subtype": "DPU", "functional": "0", "dpu_kernel_id": "0x901"},
  "arguments": [
    {"name": "opcode", "address-qualifier": "SCALAR", "type": "uint64_t", "offset": "0x00"},
    {"name": "instr", "memory-connection": "SRAM", "address-qualifier": "GLOBAL", "type": "char *", "offset": "0x08"},
    {"name": "ninstr", "address-qualifier": "SCALAR", "type": "uint32_t", "offset": "0x10"},
    {"name": "bo0", "memory-connection": "HOST", "address-qualifier": "GLOBAL", "type": "void*", "offset": "0x14"},
    {"name": "bo1", "memory-connection": "HOST", "address-qualifier": "GLOBAL", "type": "void*", "offset": "0x1c"},
    {"name": "bo2", "memory-connection": "HOST", "address-qualifier": "GLOBAL", "type": "void*", "offset": "0x24"}],
  "instances": [{"name": "MLIRAIE"}]}]}}
JSON
if ! "$xclbinutil" --force --quiet --add-replace-section "MEM_TOPOLOGY:JSON:$work/memory.json" \
    --add-kernel "$work/kernels.json" --add-replace-section "AIE_PARTITION:JSON:$work/partition.json" \
    --output "$folder/gemm.xclbin" > "$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 1
fi
