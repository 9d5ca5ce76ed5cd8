// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

/**
 * The one function of {@code ntdll} that has no counterpart above it: moving a socket to another completion port.
 */
public interface Ntdll {
    /** The {@code NTSTATUS}. */
    int ntSetInformationFile(long file, long statusBlock, long information, int bytes, int informationClass);
}
