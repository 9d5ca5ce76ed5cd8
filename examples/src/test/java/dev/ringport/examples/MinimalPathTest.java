// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.Transports;
import dev.ringport.uring.Uring;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.Future;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** The example in a JVM of its own that has nothing but what it needs: no epoll, no unix-common, no QUIC, no iocp, no HTTP. */
@Timeout(60)
class MinimalPathTest {
    private static final String NAME = Uring.isAvailable() ? "uring" : "nio";
    private static final List<String> ON_CLASS_PATH = List.of(
            "--enable-native-access=ALL-UNNAMED", "-cp", path(), "dev.ringport.examples.Echo");
    private static final List<String> ON_MODULE_PATH = List.of(
            "--enable-native-access=dev.ringport.common",
            "-p",
            path(),
            "-m",
            "dev.ringport.examples/dev.ringport.examples.Echo");

    private record Result(int code, String text) {}

    private static String path() {
        return Stream
                .of(
                        Echo.class,
                        Transports.class,
                        Uring.class,
                        Channel.class,
                        ByteBuf.class,
                        Future.class,
                        AddressResolver.class)
                .map(MinimalPathTest::location)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Result run(List<String> how, String arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--illegal-native-access=deny");
        command.addAll(how);
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), text);
    }

    /** There a JVM needs a launcher to use the network at all. */
    @BeforeAll
    static void notUnderWine() {
        assumeFalse(Transports.report().contains("under Wine"), "Wine");
    }

    @Test
    void demoOnTheClassPath() throws Exception {
        assertDemo(run(ON_CLASS_PATH, "demo --seconds 1 --transport " + NAME));
    }

    @Test
    void demoOnTheModulePath() throws Exception {
        assertDemo(run(ON_MODULE_PATH, "demo --seconds 1 --transport " + NAME));
    }

    private static void assertDemo(Result result) {
        assertEquals(0, result.code(), result.text());
        assertTrue(result.text().contains("transport " + NAME + ": "), result.text());
        assertTrue(result.text().contains("round trips in microseconds: p50 "), result.text());
    }

    @Test
    void epollIsNotThereOnTheClassPath() throws Exception {
        assertNoEpoll(run(ON_CLASS_PATH, "--transport epoll"));
    }

    @Test
    void epollIsNotThereOnTheModulePath() throws Exception {
        assertNoEpoll(run(ON_MODULE_PATH, "--transport epoll"));
    }

    private static void assertNoEpoll(Result result) {
        assertEquals(3, result.code(), result.text());
        assertEquals(
                "transport epoll is not available: netty-transport-classes-epoll is not there: "
                        + "no class io/netty/channel/epoll/Epoll",
                result.text().strip());
    }
}
