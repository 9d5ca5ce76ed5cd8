// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.ServerTransport;
import dev.ringport.TransportProvider;
import dev.ringport.TransportProvider.LoopFit;
import dev.ringport.Transports;
import dev.ringport.iocp.Iocp;
import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.ChildJvm.Outcome;
import dev.ringport.uring.Uring;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Servers for datagrams and connections on what the ladder answers, here and in JVMs where one is forced or missing. */
@Timeout(ChildJvm.SECONDS + 60)
class WholeServerTest {
    private static final String ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final List<String> OPTIONAL = List.of(
            "dev/ringport/mmsg/Mmsg.class", "io/netty/channel/unix/Unix.class", "io/netty/channel/epoll/Epoll.class",
            "io/netty/channel/uring/IoUring.class", "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
            "META-INF/native/libnetty_transport_native_io_uring42_x86_64.so");

    /** With every transport that is on this class path. */
    private static ChildJvm everything(String... options) {
        return ChildJvm.onClassPath(Uring.class, Stream.concat(Stream.of(ACCESS), Stream.of(options))
                .toArray(String[]::new))
                .with(ChildJvm.location(Iocp.class))
                .with(OPTIONAL.stream().map(WholeServerTest::location).flatMap(Optional::stream).toArray(Path[]::new))
                .withNetwork();
    }

    /** The jar or directory on this class path that has a file of that name; empty if none has. */
    private static Optional<Path> location(String file) {
        URL found = WholeServerTest.class.getClassLoader().getResource(file);
        if (found == null) {
            return Optional.empty();
        }
        String url = found.toString();
        String place = url.startsWith("jar:")
                ? url.substring("jar:".length(), url.indexOf("!/"))
                : url.substring(0, url.length() - file.length());
        return Optional.of(Path.of(URI.create(place)));
    }

    private static void assertServed(ServerTransport transport, List<String> lines) {
        assertEquals(3, lines.size(), lines::toString);
        assertEquals("datagrams: 100 by " + transport.datagramChannelClass().getSimpleName(), lines.get(0));
        assertEquals(
                "connections: 100 by " + transport.serverSocketChannelClass().getSimpleName() + " and "
                        + transport.socketChannelClass().getSimpleName(),
                lines.get(1));
        assertEquals("same loop: " + transport.isOnOneLoop(), lines.get(2));
    }

    private static void assertHasLine(Outcome outcome, String line) {
        assertTrue(outcome.output().lines().anyMatch(line::equals), () -> line + " in " + outcome);
    }

    @Test
    void onTheBest() throws Exception {
        ServerTransport best = Transports.best();
        assertSame(best, Transports.best());
        if (Uring.isAvailable()) {
            assertEquals("uring", best.datagrams().name());
            assertFalse(best.isOnOneLoop());
        }
        assertServed(best, WholeServer.serve(best));
    }

    @Test
    void onTheBestOnOneLoop() throws Exception {
        ServerTransport best = Transports.bestOnOneLoop();
        assertTrue(best.isOnOneLoop());
        assertSame(best, Transports.bestOnOneLoop());
        Optional<TransportProvider> guest = Transports.named("mmsg")
                .filter(mmsg -> mmsg.unavailabilityCause() == null)
                .filter(mmsg -> mmsg.datagramsOnLoopsOf(Transports.named("nio").orElseThrow()) != LoopFit.NONE);
        guest.ifPresent(mmsg -> assertSame(mmsg, best.datagrams()));
        assertServed(best, WholeServer.serve(best));
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "bestOnOneLoop"})
    void whatWasChosenIsLoggedOnce(String which) throws Exception {
        Outcome outcome = everything().run(WholeServer.class, which);
        assertEquals(0, outcome.exit(), outcome::toString);
        assertEquals(1, outcome.infos().size(), outcome::toString);
        String line = outcome.infos().getFirst();
        assertTrue(line.contains("datagrams: ") && line.contains("connections: "), outcome::toString);
        for (TransportProvider rung : Transports.all()) {
            assertHasLine(outcome, rung.capabilities());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg", "iocp", "epoll", "netty-io_uring", "kqueue", "nio"})
    void aForcedOneServesOrSaysWhyNot(String name) throws Exception {
        Outcome outcome = everything("-Dringport.transport=" + name).run(WholeServer.class, "best");
        assertEquals(0, outcome.exit(), outcome::toString);
        Optional<TransportProvider> known = Transports.named(name);
        if (known.isEmpty()) {
            assertTrue(outcome.output().startsWith("refused: the transport " + name + ", "), outcome::toString);
            return;
        }
        TransportProvider forced = known.get();
        Throwable cause = forced.unavailabilityCause();
        if (cause == null) {
            assertHasLine(outcome, "datagrams: 100 by " + forced.datagramChannelClass().getSimpleName());
            assertTrue(outcome.infos().getFirst().contains(name + " (forced by -Dringport.transport)"),
                    outcome::toString);
            if (forced.socketChannelClass() != null) {
                assertHasLine(outcome, "same loop: true");
            }
        } else {
            assertTrue(outcome.output().startsWith(
                    "refused: the transport " + name + ", which -Dringport.transport forces, cannot be had: "
                            + cause.getMessage()),
                    outcome::toString);
            assertEquals(List.of(), outcome.infos());
        }
    }

    @Test
    void anUnknownNameGetsTheNames() throws Exception {
        Outcome outcome = everything("-Dringport.transport=pigeon").run(WholeServer.class, "bestOnOneLoop");
        assertTrue(outcome.output().startsWith(
                "refused: -Dringport.transport=pigeon names no transport; the names are uring, mmsg, iocp,"
                        + " netty-io_uring, epoll, kqueue, nio"),
                outcome::toString);
    }

    @Test
    void withoutAnyTransportNioServesAndOneLineSaysSo() throws Exception {
        Outcome outcome = ChildJvm.onClassPath(Transports.class, ACCESS).withNetwork().run(WholeServer.class, "best");
        assertHasLine(outcome, "datagrams: 100 by NioDatagramChannel");
        assertHasLine(outcome, "connections: 100 by NioServerSocketChannel and NioSocketChannel");
        assertEquals("", outcome.complaints());
        assertEquals(1, outcome.infos().size(), outcome::toString);
        assertTrue(outcome.infos().getFirst().contains("no transport of Ringport's is on the class path"),
                outcome::toString);
    }

    @Test
    void aForcedOneThatIsNotThereSaysWhatItsArtifactIs() throws Exception {
        Outcome outcome = ChildJvm.onClassPath(Transports.class, ACCESS, "-Dringport.transport=uring").withNetwork()
                .run(WholeServer.class, "best");
        assertTrue(outcome.output().startsWith(
                "refused: the transport uring, which -Dringport.transport forces, cannot be had:"
                        + " ringport-transport-iouring-udp is not there"),
                outcome::toString);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aTransportOfNettysWithoutItsNativesSaysWhichArtifactIsMissing() throws Exception {
        Outcome outcome = ChildJvm.onClassPath(Transports.class, ACCESS, "-Dringport.transport=epoll")
                .with(
                        OPTIONAL.stream()
                                .filter(file -> file.endsWith(".class"))
                                .map(WholeServerTest::location)
                                .flatMap(Optional::stream)
                                .toArray(Path[]::new))
                .run(WholeServer.class, "bestOnOneLoop");
        assertTrue(outcome.output().startsWith("refused: the transport epoll, "), outcome::toString);
        assertTrue(outcome.output().lines().findFirst().orElseThrow().endsWith(
                "; netty-transport-native-epoll of this system may be missing"),
                outcome::toString);
    }

    @Test
    void whatABrokenServicesFileLosesIsToldAndTheRestServes(@TempDir Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(TransportProvider.class.getName()), "<<<<<<< ours\n");
        Outcome outcome = everything().with(folder).run(WholeServer.class, "best");
        assertHasLine(outcome, "chosen: " + Transports.best());
        assertTrue(outcome.complaints().contains("WARNING: a transport was lost: "), outcome::toString);
        assertTrue(outcome.output().lines().anyMatch(line -> line.startsWith("lost: ")), outcome::toString);
    }

    @Test
    void aFatJarThatKeptTheServicesOfOneTransportIsTold(@TempDir Path folder) throws Exception {
        // Classes without their services file, as some tools merge jars.
        String provider = "dev/ringport/iocp/IocpTransportProvider.class";
        Path copy = Files.createDirectories(folder.resolve("dev/ringport/iocp")).resolve("IocpTransportProvider.class");
        try (var content = Iocp.class.getClassLoader().getResourceAsStream(provider)) {
            Files.write(copy, content.readAllBytes());
        }
        Outcome outcome = ChildJvm.onClassPath(Uring.class, ACCESS).with(folder).withNetwork()
                .run(WholeServer.class, "best");
        assertTrue(outcome.complaints().contains("WARNING: a transport was lost: iocp: the class "), outcome::toString);
        assertTrue(
                outcome.output().contains("\nlost: iocp: the class dev.ringport.iocp.IocpTransportProvider is there"),
                outcome::toString);
    }
}
