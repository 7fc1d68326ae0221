#!/bin/sh
# Makes the demonstration model from nothing: ./make.sh SIZE FOLDER, SIZE one of smoke, cpu, gpu. Goes on where it was interrupted.
set -eu
size=$1 work=$2 recipe=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-/usr/bin/python3} austen=${AUSTEN:-/usr/lib/R/site-library/janeaustenr/data/Rdata.rdb}
cores=$(nproc) memory=
case $size in
  smoke) shards=1 train="--steps 6 --fall 2 --batch-seconds 20" checks="--clips 2 --calls 1" references="--files 6 --calls 1" ;;
  cpu) shards=350 train="--steps 43600 --fall 20000 --rate 5e-4 --batch-seconds 30" checks= references= ;;
  gpu) shards=400 train="--steps 8000 --fall 2000 --batch-seconds 1000 --rate 1.5e-3 --device cuda --workers $((cores - 2)) --save-seconds 60" checks= references= ;;
  *) echo "$size: no such size; choose smoke, cpu or gpu" >&2; exit 2 ;;
esac
if [ "$size" = cpu ]; then
  memory="env LD_PRELOAD=libjemalloc.so.2 MALLOC_CONF=dirty_decay_ms:20000,muzzy_decay_ms:20000,thp:always,metadata_thp:always"
fi
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
mkdir -p "$work" && cd "$work"
run() { script=$1; shift; "$python" "$recipe/$script" "$@"; }

[ -e texts.json ] || run texts.py --out texts.json --austen "$austen"
[ -e tokenizer.json ] || run tokenizer.py --texts texts.json --out tokenizer.json
run generate_corpus.py --texts texts.json --out corpus --leave-out "$recipe/../testset" --shards $shards --workers "$cores"
$memory "$python" "$recipe/train.py" --corpus corpus --tokenizer tokenizer.json --out run $train
run export.py --last --state run/state.pt --tokenizer tokenizer.json --out model
"$python" "$recipe/../../tools/export_alignment_head.py" --last run/state.pt model
run make_testset.py --texts texts.json --corpus corpus --out testset
run evaluate.py --model model --texts texts.json --corpus corpus --testset testset --out results.json --threads "$cores" $checks
run make_reference.py --model model --testset testset --out reference --threads "$cores" $references
