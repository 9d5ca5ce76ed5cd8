// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.QosVersion;
import dev.ringport.iocp.abi.Qwave;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.QOSSetOutgoingDSCPValue;
import static dev.ringport.iocp.abi.WinsockConstants.QOSTrafficTypeBestEffort;
import static dev.ringport.iocp.abi.WinsockConstants.QOS_NON_ADAPTIVE_FLOW;

/**
 * A qWAVE flow that marks what a connected socket sends. Windows marks for programs of administrators and network
 * operators alone; for all others {@link #mark} answers null.
 */
final class QosFlow {
    /** The two low bits of the traffic class belong to congestion notification. */
    private static final int DSCP_SHIFT = 2;

    private final Qwave qwave;
    private final long handle;

    private QosFlow(Qwave qwave, long handle) {
        this.qwave = qwave;
        this.handle = handle;
    }

    /**
     * Marks what a connected socket sends from now on.
     *
     * @return the flow, which must be closed before the socket; null where Windows refuses
     */
    static @Nullable QosFlow mark(Qwave qwave, long socket, int trafficClass) {
        MemorySegment capture = NativeCalls.threadCapture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(QosVersion.LAYOUT);
            QosVersion.majorVersion(version, 0, 1);
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment dscp = arena.allocateFrom(ValueLayout.JAVA_INT, trafficClass >> DSCP_SHIFT);
            if (qwave.qosCreateHandle(capture, version.address(), out.address()) != 0) {
                return null;
            }
            QosFlow flow = new QosFlow(qwave, out.get(ValueLayout.JAVA_LONG, 0));
            if (qwave.qosAddSocketToFlow(
                    capture, flow.handle, socket, 0, QOSTrafficTypeBestEffort, QOS_NON_ADAPTIVE_FLOW,
                    id.address()) == 0
                    && qwave.qosSetFlow(
                            capture, flow.handle, id.get(ValueLayout.JAVA_INT, 0), QOSSetOutgoingDSCPValue,
                            Integer.BYTES, dscp.address(), 0, 0) == 0) {
                return flow;
            }
            flow.close();
            return null;
        }
    }

    /** Ends the marking. */
    void close() {
        qwave.qosCloseHandle(NativeCalls.threadCapture(), handle);
    }
}
