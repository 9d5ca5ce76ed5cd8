// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

/**
 * The functions of {@code ntdll} that have no counterpart above it: moving a socket to another completion port, and the
 * version of Windows whatever a compatibility mode says.
 */
public interface Ntdll {
    /** The {@code NTSTATUS}. */
    int ntSetInformationFile(long file, long statusBlock, long information, int bytes, int informationClass);

    /** Fills an {@link Osversioninfoexw} whose size is set. The {@code NTSTATUS}. */
    int rtlGetVersion(long information);
}
