// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

// A system library that Wine 8 lacks: BoringSSL, in Netty's TLS tests, takes its random numbers from it, and ends the
// process where it is not there.

#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    while (length > 0) {
        ULONG part = length < MAXLONG ? (ULONG) length : MAXLONG;
        if (!RtlGenRandom(data, part)) {
            return FALSE;
        }
        data += part;
        length -= part;
    }
    return TRUE;
}
