# Keeps one PostgreSQL server for a test process: `sh keeper.sh PROGRAMS HOME`.
#
# Commands come on standard input, one a line; each is answered with one line, "ok" or "failed".
# Standard input closes when the test process ends, however it ends (return, panic, SIGKILL): that is
# the sign to stop the server and to remove HOME. Nothing has to be cleaned up by the tests.
set -u
programs=$1 home=$2
data=$home/data log=$home/server.log

# A Ctrl-C meant for the tests must not end the keeper before it has tidied up.
trap '' HUP INT TERM

# SIGKILL for the server and all its processes at once, as when the machine loses its power (but for
# what the kernel still holds). The postmaster is halted first, so that it starts no new process.
kill_all() {
  pid=$(head -n 1 "$data/postmaster.pid") || return 1
  kill -STOP "$pid" || return 1
  children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null)
  kill -KILL "$pid" $children || return 1
  tries=0
  for process in $pid $children; do
    # A zombie is dead: in a container, nobody may be there to collect it.
    while kill -0 "$process" 2>/dev/null && ! grep -q ') Z' "/proc/$process/stat" 2>/dev/null; do
      tries=$((tries + 1))
      [ "$tries" -lt 1000 ] || return 1
      sleep 0.01
    done
  done
  # The dead server's lock file would stop the next start while its zombie stands.
  [ -z "$children" ] || rm -f "$data/postmaster.pid"
}

while read -r command argument; do
  if case $command in
    init)
      "$programs/initdb" -D "$data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C --no-sync ;;
    start)
      "$programs/pg_ctl" -D "$data" -l "$log" -w -t 60 \
        -o "-p $argument -h 127.0.0.1 -k '$home'" start ;;
    stop)
      "$programs/pg_ctl" -D "$data" -w -t 60 -m "$argument" stop ;;
    kill)
      kill_all ;;
    *)
      false ;;
  esac >>"$log" 2>&1 </dev/null; then
    echo ok
  else
    echo failed
  fi
done

"$programs/pg_ctl" -D "$data" -w -t 30 -m immediate stop >>"$log" 2>&1 </dev/null
rm -rf "$home"
