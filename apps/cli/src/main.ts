#!/usr/bin/env -S node --conditions=sluice-source
console.log(process.version)
