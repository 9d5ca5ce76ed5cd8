// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.SystemLibrary;
import java.lang.invoke.MethodHandle;

/** The functions of the system's {@code ntdll}. */
final class NativeNtdll implements Ntdll {
    private static final SystemLibrary LIBRARY = SystemLibrary.load("ntdll");

    private static final MethodHandle NT_SET_INFORMATION_FILE = answering("NtSetInformationFile", "IJJJII");
    private static final MethodHandle RTL_GET_VERSION = answering("RtlGetVersion", "IJ");

    NativeNtdll() {}

    /** Binds a function that answers its code, or cannot fail. */
    private static MethodHandle answering(String name, String signature) {
        return LIBRARY.bind(name, signature, ErrorState.NONE);
    }

    @Override
    public int ntSetInformationFile(long file, long statusBlock, long information, int bytes, int informationClass) {
        try {
            return (int) NT_SET_INFORMATION_FILE.invokeExact(file, statusBlock, information, bytes, informationClass);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int rtlGetVersion(long information) {
        try {
            return (int) RTL_GET_VERSION.invokeExact(information);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }
}
