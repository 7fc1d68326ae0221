#!/bin/sh
# Fails with one clear message when a tool that builds the native library is missing.
missing=""
for tool in cmake ctest make "${CXX:-g++}"; do
  command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  echo "The native library cannot be built; not found on PATH:$missing" >&2
  echo "Debian and Ubuntu: apt-get install cmake make g++" >&2
  exit 1
fi
