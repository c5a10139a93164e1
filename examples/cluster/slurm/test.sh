#!/usr/bin/env bash
# Slurm on this machine alone (slurmctld and two slurmd on loopback, with a configuration and keys of their own in a temporary
# folder): the join of the shards must be to the byte what one call writes, and what is killed, missing or of another codebook must be
# refused. Needs Debian's packages slurm-wlm and munge, and the example: cargo build --release --example code.
#
#     POINTS=2000000 CODE=target/release/examples/code examples/cluster/slurm/test.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
export CODE; CODE=$(realpath "${CODE:-$root/target/release/examples/code}")
points=${POINTS:-2000000}
port=${PORT:-26817}
export PATH=$PATH:/usr/sbin
dir=$(mktemp -d)
chmod 755 "$dir"
cd "$dir"

stop() {
    scontrol shutdown >/dev/null 2>&1 || true
    for pid in slurmctld.pid slurmd.n1.pid slurmd.n2.pid munged.pid; do
        if [ -s "$dir/$pid" ]; then kill "$(cat "$dir/$pid" 2>/dev/null)" 2>/dev/null || true; fi
    done
    sleep 2
    cd / && rm -rf "$dir"
}
trap stop EXIT

fail() { echo "slurm: FAILED: $*" >&2; tail -n 5 "$dir"/*.log >&2; exit 1; }

# A node a daemon, both on this machine.
start() {
    mkdir state spool.n1 spool.n2
    (umask 077 && head -c 1024 /dev/urandom > munge.key)
    munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
        --log-file="$dir/munged.log" --seed-file="$dir/munge.seed"
    cat > slurm.conf <<CONF
ClusterName=loopback
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool.%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.%n.log
SlurmctldPort=$port
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1
NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=1 RealMemory=1000
NodeName=n2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=1 RealMemory=1000
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
    export SLURM_CONF=$dir/slurm.conf
    slurmctld
    slurmd -N n1
    slurmd -N n2
    for _ in $(seq 60); do
        [ "$(sinfo --noheader --Node --format=%t 2>/dev/null | grep -c idle)" = 2 ] && return
        sleep 1
    done
    fail "two nodes did not come up: $(sinfo 2>&1)"
}

# Waits until no job is left.
wait_all() { while [ -n "$(squeue --noheader 2>/dev/null)" ]; do sleep 0.5; done; }

sum() { sha256sum < "$1" | cut -c1-64; }

start
echo "slurm: $(slurmd -V), nodes $(sinfo --noheader --Node --format=%N | tr '\n' ' ')"
"$here/../corpus.sh" "$points" > corpus.jsonl
begun=$(date +%s.%N)
"$CODE" corpus.jsonl --threads 1 --out one
echo "one call: $(wc -l < one/points.jsonl) points in $(echo "$(date +%s.%N) - $begun" | bc) s"
expected=$(sum one/points.jsonl)

# The same answer, row for row.
export SHARDS=6 OUT=$dir/parts
begun=$(date +%s.%N)
"$here/code.sbatch" corpus.jsonl
wait_all
echo "6 shards on 2 nodes, with the join: $(echo "$(date +%s.%N) - $begun" | bc) s"
[ -s parts/counts.json ] || fail "no counts"
"$CODE" --merge parts --out joined > /dev/null
[ "$(sum joined/points.jsonl)" = "$expected" ] || fail "the joined points differ"
cmp -s parts/counts.json joined/counts.json || fail "the counts differ"
nodes=$(sed -n 's/.*"node": "\(.*\)",/\1/p' parts/*.json | sort | uniq -c | tr -s ' \n' ' ')
echo "same rows, sha256 $expected; shards by node:$nodes"
grep -q n1 <<< "$nodes" && grep -q n2 <<< "$nodes" || fail "not both nodes coded"

# A shard killed while it writes: its beginning is no shard, and coding it again makes the whole.
export OUT=$dir/killed
mkdir killed
array=$(sbatch --parsable --array=1-6 "$here/code.sbatch" corpus.jsonl)
JOIN=1 sbatch --parsable --output="$dir/killed.log" --dependency="afterany:$array" "$here/code.sbatch" > join.job
until [ -n "$(find killed -name '.shard-2-of-6.*.part' -size +64k)" ]; do sleep 0.02; done
scancel --full --signal=KILL "${array}_2"
wait_all
[ ! -e killed/counts.json ] || fail "counts without shard 2"
grep "shard 2 of 6 is unfinished" killed.log || fail "the killed shard is not named: $(cat killed.log)"
sbatch --parsable --array=2 "$here/code.sbatch" corpus.jsonl > again.job
wait_all
JOIN=1 sbatch --parsable --output="$dir/killed.log" "$here/code.sbatch" > join.job
wait_all
counts() { sed '/"nodes"/,/]/d' "$1"; }
[ "$(counts killed/counts.json)" = "$(counts parts/counts.json)" ] || fail "other counts after shard 2 was coded again"
"$CODE" --merge killed --out joined > /dev/null
[ "$(sum joined/points.jsonl)" = "$expected" ] || fail "the points differ after shard 2 was coded again"
echo "coded again: same rows"

# A shard of another codebook, and one whose codebook is not there.
export MORE="--codebook $root/data/codebooks/recovery.toml"
sbatch --parsable --array=2 "$here/code.sbatch" corpus.jsonl > other.job
wait_all
if "$CODE" --merge killed > other.json 2> other.err; then fail "two codebooks were joined"; fi
[ "$(grep -oE '[0-9a-f]{64}' other.err | sort -u | wc -l)" = 2 ] || fail "not both hashes: $(cat other.err)"
cat other.err
rm -r killed
export MORE="--codebook nowhere.toml"
sbatch --parsable --array=1-6 "$here/code.sbatch" corpus.jsonl > missing.job
wait_all
if "$CODE" --merge killed 2> missing.err; then fail "shards without a codebook were joined"; fi
grep -h nowhere.toml kodebok-"$(cat missing.job)"-1.log || fail "the missing codebook is not named"
echo "slurm: all well"
