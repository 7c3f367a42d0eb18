#!/usr/bin/env bash
# status.sh JOB: tells Snakemake whether a Slurm job is running, a success or failed.
set -u

# The controller forgets a job a few minutes after its end; accounting, where there is any, does not.
said=$(scontrol --oneliner show job "$1" 2>&1)
state=$(sed -n 's/.* JobState=\([A-Z_]*\).*/\1/p' <<<"$said" | head -n 1)
if [[ -z $state ]]; then
  state=$(sacct --noheader --parsable2 --allocations --format=State --jobs="$1" 2>/dev/null | head -n 1)
fi

case $state in
  COMPLETED) echo success ;;
  PENDING | CONFIGURING | RUNNING | COMPLETING | STAGE_OUT | SUSPENDED | STOPPED | REQUEUED | RESIZING | SIGNALING) echo running ;;
  # A controller that does not answer says nothing about the job; one that does not know it says that it is gone.
  '') if [[ $said == *"Invalid job id"* ]]; then echo failed; else echo running; fi ;;
  *) echo failed ;;
esac
