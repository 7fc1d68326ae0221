#!/bin/sh
# Writes the folder of an emulated NPU: its node, and the files of /sys by which XRT and others find it. The emulator takes them
# from there when AMANUENSIS_NPU_EMULATOR names the folder.
#
#   make_device.sh FOLDER
set -eu
folder=$1
bridge=sys/devices/pci0000:00/0000:00:08.2
function=0000:c4:00.1

mkdir -p "$folder/dev/accel" "$folder/$bridge/$function/accel/accel0" "$folder/sys/bus/pci/devices" \
    "$folder/sys/bus/pci/drivers/amdxdna" "$folder/sys/class/accel"
: > "$folder/dev/accel/accel0"

write() {
    printf '%s\n' "$2" > "$folder/$bridge/$function/$1"
}
write vendor 0x1022
write device 0x17f0
write subsystem_vendor 0x1022
write subsystem_device 0x17f0
write revision 0x10
write class 0x118000
write device_type 0
write vbnv 'NPU Strix (EMULATED)'

ln -sfn "../../../../$bridge/$function" "$folder/sys/bus/pci/devices/$function"
ln -sfn "../../../../../$bridge/$function" "$folder/sys/bus/pci/drivers/amdxdna/$function"
ln -sfn "../../../../bus/pci/drivers/amdxdna" "$folder/$bridge/$function/driver"
ln -sfn "../../../$function" "$folder/$bridge/$function/accel/accel0/device"
ln -sfn "../../../$bridge/$function/accel/accel0" "$folder/sys/class/accel/accel0"
