// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.abi;

import dev.ringport.testkit.abi.CCompiler;
import dev.ringport.testkit.abi.Declared;
import dev.ringport.testkit.abi.HeaderJudge;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Structs, constants and numbers of system calls against the headers of the system that the tests run on. */
class AbiTest {
    private static final String INCLUDES = """
            #define _GNU_SOURCE
            #include <stddef.h>
            #include <time.h>
            #include <sys/epoll.h>
            #include <sys/socket.h>
            #include <sys/syscall.h>
            #include <sys/timerfd.h>
            """;
    private static final List<Class<?>> STRUCTS = Declared.structs(Mmsghdr.class);

    @TempDir
    Path directory;

    private CCompiler compiler;

    @BeforeEach
    void findCompiler() {
        compiler = CCompiler.in("gcc", directory);
    }

    private HeaderJudge judge() {
        return new HeaderJudge(compiler, INCLUDES, "struct ", STRUCTS, Map.of());
    }

    @Test
    void everyStructHasTheSizeAndTheMembersOfTheHeaders() {
        assertThat(STRUCTS).hasSize(3);
        judge().structs().assertHold();
    }

    @Test
    void everyConstantHasTheValueOfTheHeaders() {
        Map<String, Long> constants = Declared.constants(EpollConstants.class, false);
        assertThat(constants).hasSizeGreaterThan(10);
        // Without a sign there.
        constants.replaceAll((name, value) -> value & 0xFFFF_FFFFL);
        judge().constants(constants).assertHold();
    }

    @Test
    void theNumbersOfSystemCallsAreThoseOfTheHeaders() {
        judge().constants(Map.of(
                "SYS_recvmmsg", MmsgCalls.recvmmsgNumber(),
                "SYS_sendmmsg", MmsgCalls.sendmmsgNumber())).assertHold();
        if (compiler.knows(INCLUDES, "SYS_epoll_pwait2")) {
            judge().constants(Map.of("SYS_epoll_pwait2", MmsgCalls.epollPwait2Number())).assertHold();
        }
    }
}
