#!/usr/bin/env bash
# Makes a table through a Slurm of one node, set up in a temporary folder for this test and taken down after it. One
# shard is killed while it runs, another cancelled; the table must be the one of a single process nevertheless. Run it by
# `./dev test --slurm`, which installs what it needs. ANYSLICE_BINARY names another command than build/native/anyslice.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PATH=$PATH:/usr/sbin

name=nd280-heavy
shards=8
# A shard of about a second: long enough to be caught at work.
changes=(--events 24000000 --set pilot_events=200000 --set roulette.rows=20000)
settings=("recipes=$name" "shards=$shards" events=24e6 'set=["pilot_events=200000","roulette.rows=20000"]')

stop() {
  printf 'slurm.sh: error: %s\n' "$1" >&2
  exit 2
}
for tool in snakemake sbatch slurmctld slurmd munged; do
  command -v "$tool" >/dev/null || stop "$tool is missing: run ./dev test --slurm, or install snakemake, slurm-wlm and munge"
done
binary=$(realpath -e "${ANYSLICE_BINARY:-build/native/anyslice}") || stop "there is no command yet: run ./dev tables"

failures=0
check() { # check WHAT COMMAND…
  local what=$1
  shift
  if "$@"; then
    echo "ok $what"
  else
    echo "not ok $what"
    failures=$((failures + 1))
  fi
}
say() { printf '%s\n' "$*" >&2; }

# wait_for SECONDS COMMAND…
wait_for() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < until)) || return 1
    sleep 0.2
  done
}

# ---- A Slurm of one node ---------------------------------------------------------------------------------------------

folder=$(mktemp -d /tmp/anyslice-slurm.XXXXXX) # short: the path of a socket has few characters
tables=$folder/tables
export SLURM_CONF=$folder/slurm.conf
daemons=() # the last one started is the first one stopped
workflow=

running_jobs() { squeue --noheader --format=%i; }
no_jobs() { [[ -z $(running_jobs 2>/dev/null) ]]; }

take_down() {
  local status=$? i
  trap - EXIT INT TERM
  if [[ -n $workflow ]]; then kill "$workflow" 2>/dev/null && wait "$workflow" 2>/dev/null; fi
  if ((${#daemons[@]} > 1)) && ! no_jobs; then
    running_jobs 2>/dev/null | xargs -r scancel 2>/dev/null
    wait_for 20 no_jobs
  fi
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    kill "${daemons[i]}" 2>/dev/null
    wait "${daemons[i]}" 2>/dev/null
  done
  if ((status != 0)); then tail -n 30 "$folder"/*.log >&2; fi
  rm -rf "$folder"
  exit "$status"
}
trap take_down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

chmod 755 "$folder" # munged refuses a socket that others cannot reach
mkdir "$folder/munge" "$folder/state" "$folder/spool"
chmod 755 "$folder/munge"
(umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")
node=$(hostname -s)
# No accounting, no cgroups: whatever a container lacks. Memory as the machine has it, since jobs ask for some.
cat >"$SLURM_CONF" <<END
ClusterName=anyslice
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MailProg=/bin/true
ReturnToService=2
MinJobAge=3600
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/^MemTotal/{ print int($2 / 1024) - 1 }' /proc/meminfo) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END

start() { # start NAME COMMAND…
  "${@:2}" >"$folder/$1.log" 2>&1 </dev/null &
  daemons+=($!)
}
start munged munged --foreground --key-file="$folder/munge.key" --socket="$folder/munge/socket" \
  --pid-file="$folder/munge/pid" --seed-file="$folder/munge/seed" --log-file="$folder/munge/log"
wait_for 20 test -S "$folder/munge/socket" || stop "munged does not start"
start slurmctld slurmctld -D
start slurmd slurmd -D -N "$node"
node_is_idle() { [[ $(sinfo --noheader --format=%T 2>/dev/null) == idle ]]; }
wait_for 60 node_is_idle || stop "Slurm does not start: its node is '$(sinfo --noheader --format=%T 2>&1)'"
say "$(slurmctld -V) with $(nproc) cores, Snakemake $(snakemake --version)"

# ---- The table in one process ----------------------------------------------------------------------------------------

digest() { gzip -dc "$1" | sha256sum | cut -d ' ' -f 1; }
"$binary" generate "data/recipes/$name.json" "${changes[@]}" -o "$folder/single.safetensors.gz" >&2
single=$(digest "$folder/single.safetensors.gz")

# ---- The same through Slurm ------------------------------------------------------------------------------------------

run_workflow() { # run_workflow LOG: in a folder of its own, where Snakemake leaves a log
  (
    snakefile=$PWD/data/production/Snakefile profile=$PWD/data/production/slurm
    cd "$folder"
    exec snakemake --snakefile "$snakefile" --profile "$profile" --latency-wait 10 \
      --config "${settings[@]}" "output=$tables" "anyslice=$binary" >"$1" 2>&1
  )
}

# Sets process, job and part to those of a shard at work, other than $1, that is stopped now and therefore stays at it.
catch_shard() {
  local words place until=$((SECONDS + 120))
  while ((SECONDS < until)) && kill -0 "$workflow" 2>/dev/null; do
    for place in /proc/[0-9]*; do
      [[ $place/exe -ef $binary ]] || continue
      words=$(tr '\0' ' ' 2>/dev/null <"$place/cmdline") || continue
      [[ $words =~ --shard\ ([0-9]+)/$shards\  ]] || continue
      part=${BASH_REMATCH[1]}
      [[ $part != "$1" ]] || continue
      process=${place#/proc/}
      # Only after it was stopped is what is seen of it sure to last.
      kill -STOP "$process" 2>/dev/null || continue
      job=$(tr '\0' '\n' 2>/dev/null <"$place/environ" | sed -n 's/^SLURM_JOB_ID=//p') || job=
      if [[ -n $job && $(awk '{ print $3 }' "$place/stat" 2>/dev/null) == T && ! -e $(shard_file "$part") ]]; then
        return 0
      fi
      kill -CONT "$process" 2>/dev/null || true
    done
    sleep 0.05
  done
  return 1
}
shard_file() { echo "$tables/$name/shards/$1-of-$shards.safetensors"; }

jobs_of() { # jobs_of PART: the states of all jobs of Slurm for a shard, in order
  scontrol --oneliner show jobs | grep -E "Comment=name=$name,part=$1( |\$)" |
    sed -E 's/^JobId=([0-9]+) .* JobState=([A-Z_]+) .*/\1 \2/' | sort -n | cut -d ' ' -f 2 | paste -sd ' '
}
job_is() { scontrol --oneliner show job "$1" | grep -q " JobState=$2 "; }
gone() { ! kill -0 "$1" 2>/dev/null; }

started=$SECONDS
run_workflow "$folder/workflow.log" &
workflow=$!

# Both before anything is waited for: the other shards are soon made.
killed=none
if catch_shard none; then
  killed=$part killed_job=$job killed_process=$process
  say "killing shard $part, process $process of job $job"
  check "shard $part is at work, without a file yet, when it is killed" kill -KILL "$process"
fi
cancelled=none
if catch_shard "$killed"; then
  cancelled=$part cancelled_job=$job cancelled_process=$process
  say "cancelling shard $part, process $process of job $job"
  check "shard $part is at work, without a file yet, when it is cancelled" scancel "$job"
  kill -CONT "$process" 2>/dev/null || true
fi
if [[ $killed == none || $cancelled == none ]]; then
  check "two shards are caught at work" false
else
  check "the process of the killed shard ends" wait_for 10 gone "$killed_process"
  check "the process of the cancelled shard ends" wait_for 40 gone "$cancelled_process"
  check "Slurm sees job $killed_job fail" wait_for 30 job_is "$killed_job" FAILED
  check "Slurm sees job $cancelled_job cancelled" wait_for 40 job_is "$cancelled_job" CANCELLED
fi

status=0
wait "$workflow" || status=$?
workflow=
say "the workflow took $((SECONDS - started)) s"
check "the workflow ends well" test "$status" = 0
check "the killed shard was made by a second job" test "$(jobs_of "$killed")" = "FAILED COMPLETED"
check "the cancelled shard was made by a second job" test "$(jobs_of "$cancelled")" = "CANCELLED COMPLETED"
check "every step was a job of Slurm" test "$(scontrol --oneliner show jobs | grep -c ' JobState=COMPLETED ')" = $((shards + 3))
check "nothing half-written is left" test -z "$(find "$tables" -name '*.part')"
merged=$(digest "$tables/$name.safetensors.gz" || true)
say "sha256 in one process  $single"
say "sha256 through Slurm   $merged"
check "the merged table is the one of a single process" test "$merged" = "$single"
check "the workflow's own check names that digest" grep -q "\"sha256\": \"$single\"" "$tables/$name.json"

# ---- What is there is kept -------------------------------------------------------------------------------------------

times() { find "$tables/$name/shards" -name '*.safetensors' ! -name "5-of-$shards.*" -printf '%f %T@\n' | sort; }
before=$(times)
rm -f "$(shard_file 5)" "$tables/$name.safetensors.gz" "$tables/$name.json"
check "the workflow runs again after a shard and the table are lost" run_workflow "$folder/again.log"
check "only the lost shard is made again" test "$(times)" = "$before" -a -e "$(shard_file 5)"
check "the table is the same again" test "$(digest "$tables/$name.safetensors.gz" || true)" = "$single"

((failures == 0))
