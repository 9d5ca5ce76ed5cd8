// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.Kernel32;
import dev.ringport.iocp.abi.Ntdll;
import dev.ringport.iocp.abi.Qwave;
import dev.ringport.iocp.abi.Winsock;
import dev.ringport.iocp.abi.WinsockExtensions;
import dev.ringport.iocp.selftest.Report;
import dev.ringport.iocp.selftest.Report.Outcome;
import dev.ringport.iocp.selftest.SelfTest;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** The self-test goes through all that the transport calls, names what fails, and ends whatever happens. */
@EnabledOnOs(OS.WINDOWS)
class IocpSelfTestTest {
    /** What Wine does not have. Windows Server may lack qWAVE, and names no quality of service by default. */
    private static final List<String> MAY_BE_ABSENT = List.of("NtSetInformationFile", "QOSCreateHandle",
            "WSAGetQOSByName");
    private static final int WSAEACCES = 10_013;

    @Test
    void allLayersWorkHere() {
        Report report = Iocp.selfTestReport();

        assertThat(report.steps()).as(report.toString())
                .filteredOn(step -> step.outcome() != Outcome.OK)
                .allSatisfy(step -> {
                    assertThat(step.outcome()).isEqualTo(Outcome.ABSENT);
                    assertThat(MAY_BE_ABSENT).anyMatch(step.name()::startsWith);
                    assertThat(step.detail()).isNotEmpty();
                });
        assertThat(report.isClean()).isTrue();
        assertThat(Iocp.selfTest()).startsWith("iocp: on; Windows 10.").contains("WSAStartup", " us ", " 0 failed");
    }

    @Test
    void everyFunctionIsCalled() {
        Set<String> called = ConcurrentHashMap.newKeySet();
        Set<String> sure = functions(Kernel32.class, Winsock.class, WinsockExtensions.class);
        Set<String> tried = functions(Qwave.class, Ntdll.class);
        ReplacedCalls watched = new ReplacedCalls();
        Stream.of(sure, tried).flatMap(Set::stream).forEach(function -> watched.on(function, (real, arguments) -> {
            called.add(function);
            return real.call();
        }));

        Report report = SelfTest.run(watched.calls(), "");

        assertThat(called).containsAll(sure).contains("qosCreateHandle", "ntSetInformationFile");
        String names = report.toString().toLowerCase(Locale.ROOT);
        assertThat(Stream.of(sure, tried).flatMap(Set::stream))
                .allSatisfy(function -> assertThat(names).contains(function.toLowerCase(Locale.ROOT)));
    }

    private static Set<String> functions(Class<?>... libraries) {
        return Arrays.stream(libraries)
                .flatMap(library -> Arrays.stream(library.getMethods()))
                .map(Method::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void aCallThatFailsIsNamedWithItsCodeAndTheRestOfItsGroupIsLeftOut() {
        ReplacedCalls refusing = new ReplacedCalls().on("listen", (real, arguments) -> -WSAEACCES);

        Report report = SelfTest.run(refusing.calls(), "title");

        assertThat(report.isClean()).isFalse();
        assertThat(report.steps()).filteredOn(step -> step.outcome() == Outcome.FAILED)
                .extracting(Report.Step::name)
                .containsExactly("listen", "AcceptEx, ConnectEx");
        assertThat(report.toString()).startsWith("title\n")
                .contains("listen failed: WSAEACCES", "(10013)")
                .doesNotContain("ok      accept ")
                .contains("ok      WSASendTo, WSARecvFrom");
    }

    @Test
    void aCallThatHangsIsNamedAndDoesNotHoldTheCaller() {
        CountDownLatch released = new CountDownLatch(1);
        ReplacedCalls hanging = new ReplacedCalls().on("getAddrInfoW", (real, arguments) -> {
            assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
            return -WSAEACCES;
        });

        Report report = SelfTest.run(hanging.calls(), "title", 3_000);
        released.countDown();

        assertThat(report.steps().getLast().name()).isEqualTo("GetAddrInfoW, FreeAddrInfoW");
        assertThat(report.steps().getLast().detail()).isEqualTo("did not end within 3000 ms");
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void everySocketIsClosedAlsoAfterAFailure() {
        Set<Object> open = ConcurrentHashMap.newKeySet();
        AtomicInteger opened = new AtomicInteger();
        ReplacedCalls.Answer made = (real, arguments) -> {
            Object socket = real.call();
            if ((long) socket >= 0) {
                opened.incrementAndGet();
                open.add(socket);
            }
            return socket;
        };
        ReplacedCalls counting = new ReplacedCalls()
                .on("wsaSocketW", made)
                .on("accept", made)
                .on("closesocket", (real, arguments) -> {
                    open.remove(arguments[1]);
                    return real.call();
                });

        assertThat(SelfTest.run(counting.calls(), "").isClean()).isTrue();
        assertThat(opened).hasPositiveValue();
        assertThat(open).isEmpty();

        counting.on("wsaRecv", (real, arguments) -> -WSAEACCES).on("recv", (real, arguments) -> -WSAEACCES);
        assertThat(SelfTest.run(counting.calls(), "").isClean()).isFalse();
        assertThat(open).isEmpty();
    }
}
