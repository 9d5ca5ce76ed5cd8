// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.SystemLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of the system's {@code qwave}. */
final class NativeQwave implements Qwave {
    private static final SystemLibrary LIBRARY = SystemLibrary.load("qwave");

    /** Its functions may fail and leave the code of an earlier call, so that is forgotten before. */
    private static final Winsock WINSOCK = new NativeWinsock();

    private static final MethodHandle QOS_CREATE_HANDLE = capturing("QOSCreateHandle", "IJJ");
    private static final MethodHandle QOS_ADD_SOCKET_TO_FLOW = capturing("QOSAddSocketToFlow", "IJJJIIJ");
    private static final MethodHandle QOS_SET_FLOW = capturing("QOSSetFlow", "IJIIIJIJ");
    private static final MethodHandle QOS_CLOSE_HANDLE = capturing("QOSCloseHandle", "IJ");

    NativeQwave() {}

    /** Binds a function that leaves its code with the thread. */
    private static MethodHandle capturing(String name, String signature) {
        return LIBRARY.bind(name, signature, ErrorState.LAST_ERROR);
    }

    @Override
    public int qosCreateHandle(MemorySegment capture, long version, long handle) {
        try {
            WINSOCK.wsaSetLastError(0);
            return Answers.bool((int) QOS_CREATE_HANDLE.invokeExact(capture, version, handle), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int qosAddSocketToFlow(MemorySegment capture, long handle, long socket, long destination, int trafficType,
            int flags, long flow) {
        try {
            WINSOCK.wsaSetLastError(0);
            return Answers.bool((int) QOS_ADD_SOCKET_TO_FLOW.invokeExact(capture, handle, socket, destination,
                    trafficType, flags, flow), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int qosSetFlow(MemorySegment capture, long handle, int flow, int operation, int bytes, long buffer,
            int flags, long overlapped) {
        try {
            WINSOCK.wsaSetLastError(0);
            return Answers.bool(
                    (int) QOS_SET_FLOW.invokeExact(capture, handle, flow, operation, bytes, buffer, flags, overlapped),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int qosCloseHandle(MemorySegment capture, long handle) {
        try {
            WINSOCK.wsaSetLastError(0);
            return Answers.bool((int) QOS_CLOSE_HANDLE.invokeExact(capture, handle), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }
}
