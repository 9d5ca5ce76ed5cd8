// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.SystemLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static dev.ringport.iocp.abi.WinsockConstants.QOSSetOutgoingDSCPValue;
import static dev.ringport.iocp.abi.WinsockConstants.QOSTrafficTypeBestEffort;
import static dev.ringport.iocp.abi.WinsockConstants.QOS_NON_ADAPTIVE_FLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The functions of {@code qwave}, and libraries that are not there. */
@EnabledOnOs(OS.WINDOWS)
class NativeQwaveTest extends NativeFixture {
    private final Qwave qwave = calls.qwave();
    private final MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
    private final MemorySegment flow = arena.allocate(ValueLayout.JAVA_INT);

    private int create() {
        MemorySegment version = arena.allocate(QosVersion.LAYOUT);
        QosVersion.majorVersion(version, 0, 1);
        return qwave.qosCreateHandle(capture, version.address(), handle.address());
    }

    /** Wine ends the process in QOSSetFlow and QOSCloseHandle; it has no handle that they could be called with. */
    @Test
    void wineHasNoHandles() {
        assumeTrue(isWine(), "of Wine's stubs");

        assertThat(create()).isNegative();
        assertThat(handle.get(ValueLayout.JAVA_LONG, 0)).isZero();
        assertThat(addFlow()).isEqualTo(-WindowsErrors.ERROR_NOT_SUPPORTED);
    }

    @Test
    void aFlowIsMadeAndMarkedAndItsHandleIsClosedOnce() {
        assumeFalse(isWine(), "Wine has stubs");

        assertThat(create()).isZero();
        useHandle();
    }

    private int addFlow() {
        long[] pair = pair();
        return qwave.qosAddSocketToFlow(
                capture, handle.get(ValueLayout.JAVA_LONG, 0), pair[0], 0, QOSTrafficTypeBestEffort,
                QOS_NON_ADAPTIVE_FLOW, flow.address());
    }

    private void useHandle() {
        long made = handle.get(ValueLayout.JAVA_LONG, 0);
        assertThat(addFlow()).isZero();
        assertThat(value(flow)).isNotZero();
        MemorySegment dscp = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
        assertThat(qwave.qosSetFlow(
                capture, made, value(flow), QOSSetOutgoingDSCPValue, Integer.BYTES, dscp.address(), 0, 0))
                .isIn(0, -WindowsErrors.ERROR_ACCESS_DENIED);
        assertThat(qwave.qosCloseHandle(capture, made)).isZero();
        assertThat(qwave.qosCloseHandle(capture, made)).isNegative();
    }

    @Test
    void whereThereIsNoQwaveAllOfItIsNotImplemented() {
        Qwave absent = new AbsentQwave();

        assertThat(
                new int[]{absent.qosCreateHandle(capture, 0, 0), absent.qosAddSocketToFlow(capture, 0, 0, 0, 0, 0, 0),
                    absent.qosSetFlow(capture, 0, 0, 0, 0, 0, 0, 0), absent.qosCloseHandle(capture, 0)})
                .containsOnly(-WindowsErrors.ERROR_CALL_NOT_IMPLEMENTED);
    }

    @Test
    void aLibraryOrFunctionThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> SystemLibrary.load("ringport-none")).isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessage("this system has no library ringport-none");
        assertThatThrownBy(() -> SystemLibrary.load("ws2_32").bind("NoSuchFunction", "I", ErrorState.NONE))
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessage("ws2_32 has no function NoSuchFunction");
    }
}
