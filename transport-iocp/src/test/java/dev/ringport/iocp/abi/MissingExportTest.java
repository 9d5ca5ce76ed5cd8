// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.SystemLibrary;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A function that the system lacks is missed where it is called, not where all are bound. */
@EnabledOnOs(OS.WINDOWS)
class MissingExportTest {
    private final SystemLibrary winsock = SystemLibrary.load("ws2_32");

    @Test
    void whatIsMissingIsNamedWhenItIsCalled() {
        MethodHandle capturing = winsock.bindIfThere("WSANoSuchThing", "IJJ", ErrorState.WSA_LAST_ERROR);
        assertThatThrownBy(() -> {
            int _ = (int) capturing.invokeExact(NativeCalls.threadCapture(), 1L, 2L);
        }).isInstanceOf(UnsatisfiedLinkError.class).hasMessageContaining("WSANoSuchThing");
        MethodHandle answering = winsock.bindIfThere("WSANoSuchThing", "VI", ErrorState.NONE);
        assertThatThrownBy(() -> {
            answering.invokeExact(1);
        }).isInstanceOf(UnsatisfiedLinkError.class);
        assertThat(Answers.impossible(new UnsatisfiedLinkError("ws2_32 has no function send")))
                .isInstanceOf(UnsatisfiedLinkError.class);
    }

    @Test
    void whatIsThereWorks() throws Throwable {
        MethodHandle there = winsock.bindIfThere("WSAGetLastError", "I", ErrorState.NONE);
        assertThat((int) there.invokeExact()).isGreaterThanOrEqualTo(0);
    }
}
