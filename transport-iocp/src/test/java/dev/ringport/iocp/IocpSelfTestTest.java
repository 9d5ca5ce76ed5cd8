// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.NameAnswers.Asked;
import dev.ringport.iocp.abi.Kernel32;
import dev.ringport.iocp.abi.Ntdll;
import dev.ringport.iocp.abi.Qwave;
import dev.ringport.iocp.abi.WindowsErrors;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The self-test goes through all that the transport calls, names what fails, and ends whatever happens. */
@EnabledOnOs(OS.WINDOWS)
class IocpSelfTestTest {
    /** What Wine does not have. Windows Server may lack qWAVE, and names no quality of service by default. */
    private static final List<String> MAY_BE_ABSENT = List.of("NtSetInformationFile", "QOSCreateHandle",
            "WSAGetQOSByName");
    private static final int WSAEACCES = 10_013;
    private static final int LIMIT_MILLIS = 60_000;

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
        assertThat(report.steps().getFirst().name()).isEqualTo("capabilities");
        assertThat(report.toString()).startsWith(Iocp.capabilities());
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

        Report report = run(watched);

        assertThat(called).containsAll(sure).contains("qosCreateHandle", "ntSetInformationFile");
        String names = report.toString().toLowerCase(Locale.ROOT);
        assertThat(Stream.of(sure, tried).flatMap(Set::stream))
                .allSatisfy(function -> assertThat(names).contains(function.toLowerCase(Locale.ROOT)));
    }

    private static Report run(ReplacedCalls calls) {
        return SelfTest.run(calls.calls(), "title", null, LIMIT_MILLIS);
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

        Report report = run(refusing);

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

        Report report = SelfTest.run(hanging.calls(), "title", null, 3_000);
        released.countDown();

        assertThat(report.steps().getLast().name()).isEqualTo("GetAddrInfoW, FreeAddrInfoW");
        assertThat(report.steps().getLast().detail()).isEqualTo("did not end within 3000 ms");
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void capabilitiesThatHangAreNamedAndDoNotHoldTheCaller() {
        CountDownLatch released = new CountDownLatch(1);

        Report report = SelfTest.run(new ReplacedCalls().calls(), "what is known", () -> {
            try {
                assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return "too late";
        }, 200);
        released.countDown();

        assertThat(report.steps()).extracting(Report.Step::name).containsExactly("capabilities");
        assertThat(report.toString()).startsWith("what is known\n").contains("did not end within 200 ms");
    }

    @Test
    void whatHungGoesOnWithNothingThatWasClosedMeanwhile() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Set<String> later = ConcurrentHashMap.newKeySet();
        ReplacedCalls hanging = new ReplacedCalls();
        Stream.of(functions(Kernel32.class, Winsock.class, WinsockExtensions.class, Qwave.class, Ntdll.class))
                .flatMap(Set::stream)
                .forEach(function -> hanging.on(function, (real, arguments) -> {
                    if (released.getCount() == 0) {
                        later.add(function);
                    }
                    if (function.equals("send")) {
                        assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
                        return 5;
                    }
                    Object answer = real.call();
                    if (function.equals("wsaCleanup")) {
                        over.countDown();
                    }
                    return answer;
                }));

        Report report = SelfTest.run(hanging.calls(), "title", null, 3_000);
        released.countDown();

        assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(later).as("calls since the sockets were closed").containsExactly("wsaCleanup");
        assertThat(report.steps().getLast().name()).isEqualTo("send, recv");
        assertThat(report.steps().getLast().detail()).isEqualTo("did not end within 3000 ms");
    }

    @Test
    void aLookupThatDoesNotEndIsCancelled() {
        BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
        AtomicInteger cancelled = new AtomicInteger();
        ReplacedCalls silent = new ReplacedCalls()
                .on("getAddrInfoExW", (real, arguments) -> {
                    asked.add(NameAnswers.asked(arguments));
                    return -WindowsErrors.WSA_IO_PENDING;
                })
                .on("getAddrInfoExCancel", (real, arguments) -> {
                    cancelled.incrementAndGet();
                    return 0;
                });

        Report report = run(silent);
        asked.forEach(lookup -> NameAnswers.end(lookup, WindowsErrors.WSA_E_CANCELLED));

        assertThat(report.toString()).contains("no answer within");
        assertThat(asked).hasSize(1);
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void whatWineLacksIsOkWhereItIsThere() {
        OpenThings open = new OpenThings();
        open.calls().on("wsaGetQosByName", (real, arguments) -> 0).on("ntSetInformationFile", (real, arguments) -> 0);

        Report report = run(open.calls());

        assertThat(report.steps()).as(report.toString()).allMatch(step -> step.outcome() == Outcome.OK);
        assertThat(report.toString()).contains("DSCP 8");
        assertThat(open.made()).contains("wsaSocketW", "accept", "createIoCompletionPort", "createFileW",
                "qosCreateHandle");
        assertThat(open.left()).isEmpty();
    }

    static Stream<String> functionsThatFail() {
        return functions(Kernel32.class, Winsock.class, WinsockExtensions.class, Qwave.class, Ntdll.class).stream()
                .filter(function -> !OpenThings.CANNOT_FAIL.contains(function))
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("functionsThatFail")
    void nothingIsLeftOpenWhicheverFunctionFails(String function) {
        OpenThings open = new OpenThings();
        open.fail(function, WSAEACCES);

        Report report = run(open.calls());

        assertThat(report.toString()).containsIgnoringCase(function);
        assertThat(open.left()).as(report.toString()).isEmpty();
    }
}
