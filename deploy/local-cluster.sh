#!/bin/sh
# A Flink cluster on this machine, each process a JVM of its own: a job manager, a task manager without an NPU and one with.
#
#   local-cluster.sh start [--emulated] [--dir DIR] [--rest-port N] [--rpc-port N]
#   local-cluster.sh stop  [--dir DIR]
#
# Configurations are those of deploy/flink, jars those of the distribution; with FLINK_HOME set, Flink's own from there. Without
# --emulated the second task manager needs an NPU ('amanuensis devices'). With it, it offers one that does not exist, for jobs
# with npu.device: emulated.
set -eu

say() {
    printf '%s\n' "$*"
}

problem() {
    printf 'local-cluster: %s\n' "$*" >&2
    exit 4
}

usage() {
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# The distribution: this script's, or in a source tree the one that Maven has built.
find_home() {
    folder=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
    for home in "$folder/.." "$folder"/../job/target/amanuensis-*; do
        if [ -d "$home/plugins/npu" ]; then
            home=$(CDPATH='' cd -- "$home" && pwd -P)
            return
        fi
    done
    problem "no distribution at hand; build one: mvn package"
}

# Jars of folder $1, but for names that match $2.
jars() {
    for jar in "$1"/*.jar; do
        name=$(basename "$jar")
        printf '%s' "$name" | grep -Eq "$2" || printf '%s:' "$jar"
    done
}

# The command line's folder holds Flink; an installed Flink has nothing of the job, of Kafka or of the command line.
class_path() {
    if [ -n "${FLINK_HOME:-}" ]; then
        jars "$FLINK_HOME/lib" '^$'
    else
        jars "$home/client" '^(amanuensis|kafka|flink-connector-(kafka|base)|flink-avro|avro|scala|picocli|progressbar|jline|jackson|zstd|lz4)'
    fi
    jars "$home/lib" '^$'
}

# Configuration of kind $1, where this cluster keeps it.
configure() {
    mkdir -p "$directory/conf/$1"
    cp "$home/deploy/flink/$1/config.yaml" "$directory/conf/$1/config.yaml"
    cat >"$directory/conf/$1/log4j2.properties" <<LOG
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} %m%n
LOG
}

# Starts kind $1, main class $2, memory by $3; the rest are options.
launch() {
    kind=$1 main=$2 memory=$3
    shift 3
    configure "$kind"
    set -- --configDir "$directory/conf/$kind" -D "rest.port=$rest_port" -D "rest.bind-port=$rest_port" \
        -D "jobmanager.rpc.port=$rpc_port" -D "io.tmp.dirs=$directory/tmp" \
        -D "execution.checkpointing.dir=file://$directory/checkpoints" \
        -D "execution.checkpointing.savepoint-dir=file://$directory/savepoints" "$@"
    # Flink divides the memory: a line of JVM options, a line of -D options.
    parameters=$("$java" -Xmx128m -cp "$class_path" org.apache.flink.runtime.util.bash.BashJavaUtils "$memory" "$@" 2>&1 |
        sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p')
    [ -n "$parameters" ] || problem "Flink does not say how $kind divides its memory; see deploy/flink/$kind/config.yaml"
    opens=$(sed -n 's/^ *all: *\(--.*\)$/\1/p' "$directory/conf/$kind/config.yaml")
    # shellcheck disable=SC2046,SC2086 # several words each
    FLINK_PLUGINS_DIR="$home/plugins" nohup "$java" $(printf '%s\n' "$parameters" | sed -n 1p) $opens \
        -Dlog4j2.configurationFile="$directory/conf/$kind/log4j2.properties" -cp "$class_path" "$main" "$@" \
        $(printf '%s\n' "$parameters" | sed -n 2p) >"$directory/log/$kind.log" 2>&1 &
    echo $! >"$directory/$kind.pid"
}

# Waits for process $1 to write $2 into its log, and ends if it dies first.
await() {
    tries=0
    until grep -q "$2" "$directory/log/$1.log"; do
        tries=$((tries + 1))
        if [ $tries -gt 1000 ] || ! kill -0 "$(cat "$directory/$1.pid")" 2>/dev/null; then
            tail -n 20 "$directory/log/$1.log" >&2
            problem "$1 did not start; see $directory/log/$1.log"
        fi
        sleep 0.1
    done
}

# What sysfs says of a Strix, for a machine that has none.
emulated_sysfs() {
    device=$directory/sys/devices/pci0000:00/0000:c5:00.1
    mkdir -p "$device/accel/accel0" "$directory/sys/class/accel" "$directory/sys/bus/pci/drivers/amdxdna"
    echo 0x1022 >"$device/vendor"
    echo 0x17f0 >"$device/device"
    echo 0x10 >"$device/revision"
    ln -sfn "$directory/sys/bus/pci/drivers/amdxdna" "$device/driver"
    ln -sfn "$device" "$device/accel/accel0/device"
    ln -sfn "$device/accel/accel0" "$directory/sys/class/accel/accel0"
}

start() {
    find_home
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    class_path=$(class_path)
    mkdir -p "$directory/log" "$directory/tmp"
    for kind in $kinds; do
        [ ! -f "$directory/$kind.pid" ] || problem "$directory has a cluster; stop it first"
    done
    launch job-manager org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint GET_JM_RESOURCE_PARAMS
    await job-manager 'Rest endpoint listening'
    launch cpu-task-manager org.apache.flink.runtime.taskexecutor.TaskManagerRunner GET_TM_RESOURCE_PARAMS \
        -D taskmanager.resource-id=cpu-task-manager
    if [ -n "$emulated" ]; then
        emulated_sysfs
        launch npu-task-manager org.apache.flink.runtime.taskexecutor.TaskManagerRunner GET_TM_RESOURCE_PARAMS \
            -D taskmanager.resource-id=npu-task-manager -D "external-resource.npu.param.sysfs-root=$directory/sys"
    else
        launch npu-task-manager org.apache.flink.runtime.taskexecutor.TaskManagerRunner GET_TM_RESOURCE_PARAMS \
            -D taskmanager.resource-id=npu-task-manager
    fi
    await cpu-task-manager 'Successful registration at resource manager'
    await npu-task-manager 'Successful registration at resource manager'
    say "Flink http://localhost:$rest_port, logs in $directory/log"
    say "Submit: amanuensis run -Drest.address=localhost -Drest.port=$rest_port -Dmodel.back-end=npu${emulated:+ -Dnpu.device=emulated} \\"
    say "    -Dcpu.slot.resource-name=cpu-slot -Dmodel.path=$home/models/demo -Dkafka.bootstrap.servers=..."
}

stop() {
    for kind in $kinds; do
        if [ -f "$directory/$kind.pid" ]; then
            pid=$(cat "$directory/$kind.pid")
            kill "$pid" 2>/dev/null || true
            tries=0
            while kill -0 "$pid" 2>/dev/null; do
                tries=$((tries + 1))
                [ $tries -ne 300 ] || kill -9 "$pid" 2>/dev/null || true
                [ $tries -lt 350 ] || problem "$kind does not end: process $pid"
                sleep 0.1
            done
            rm "$directory/$kind.pid"
        fi
    done
}

kinds='npu-task-manager cpu-task-manager job-manager'
directory=${TMPDIR:-/tmp}/amanuensis-cluster
rest_port=8081
rpc_port=6123
emulated=
[ $# -gt 0 ] || usage
action=$1
shift
while [ $# -gt 0 ]; do
    case $1 in
        --emulated) emulated=yes ;;
        --dir | --rest-port | --rpc-port)
            [ $# -gt 1 ] || usage
            case $1 in
                --dir) directory=$2 ;;
                --rest-port) rest_port=$2 ;;
                --rpc-port) rpc_port=$2 ;;
            esac
            shift
            ;;
        *) usage ;;
    esac
    shift
done
case $directory in /*) ;; *) directory=$PWD/$directory ;; esac
case $action in
    start) start ;;
    stop) stop ;;
    *) usage ;;
esac
