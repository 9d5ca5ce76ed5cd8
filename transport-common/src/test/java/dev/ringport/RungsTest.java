// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is found, and how what is lost is told. */
class RungsTest {
    @TempDir
    private Path root;

    private final List<URL> folders = new ArrayList<>();

    /** A provider that a services file may name. */
    public static final class Good extends FakeTransport {
        public Good() {
            super("good");
        }
    }

    /** One that cannot be made. */
    public static final class Broken extends FakeTransport {
        public Broken() {
            super("broken");
            throw new NoClassDefFoundError("io/netty/channel/IoHandler");
        }
    }

    /** One that cannot say its rank. */
    public static final class Mute extends FakeTransport {
        public Mute() {
            super("mute");
        }

        @Override
        public int rank() {
            throw new IllegalStateException("no rank");
        }
    }

    private void addServices(String text) throws IOException {
        Path folder = Files.createDirectories(root.resolve("folder" + folders.size()));
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(TransportProvider.class.getName()), text);
        folders.add(folder.toUri().toURL());
    }

    private Rungs find() throws IOException {
        try (URLClassLoader loader = new URLClassLoader(folders.toArray(URL[]::new),
                RungsTest.class.getClassLoader())) {
            return Rungs.find(loader);
        }
    }

    private static List<String> names(Rungs rungs) {
        return rungs.all().stream().map(TransportProvider::name).toList();
    }

    @Test
    void withoutServicesThereAreNettysAlone() throws Exception {
        Rungs rungs = find();
        assertEquals(0, rungs.ringports());
        assertEquals(List.of(), rungs.lost());
        assertEquals(
                Stream.concat(
                        NettyTransport.of(System.getProperty("os.name")).map(TransportProvider::name),
                        Stream.of("nio")).toList(),
                names(rungs));
    }

    @Test
    void nettysOwnAreThoseOfTheSystem() {
        assertEquals(List.of("netty-io_uring", "epoll"), namesOf("Linux"));
        assertEquals(List.of("kqueue"), namesOf("Mac OS X"));
        assertEquals(List.of("kqueue"), namesOf("FreeBSD"));
        assertEquals(List.of(), namesOf("Windows 11"));
    }

    private static List<String> namesOf(String system) {
        return NettyTransport.of(system).map(TransportProvider::name).toList();
    }

    @Test
    void whatComesBehindABrokenFileAndBrokenProvidersIsFound() throws Exception {
        addServices("this is no class name\n");
        addServices("no.such.Provider\n" + Broken.class.getName() + "\n" + Mute.class.getName() + "\n");
        addServices(Good.class.getName() + "\n");
        Rungs rungs = find();
        assertEquals("good", names(rungs).getFirst());
        assertEquals(1, rungs.ringports());
        List<String> lost = rungs.lost().stream().map(Throwable::toString).toList();
        assertEquals(4, lost.size(), lost::toString);
        assertTrue(lost.get(0).contains("folder0/META-INF/services/"), lost::toString);
        assertTrue(lost.get(1).contains("no.such.Provider"), lost::toString);
        assertTrue(lost.get(2).contains(Broken.class.getName()), lost::toString);
        assertTrue(lost.get(3).contains("no rank"), lost::toString);
        assertTrue(
                new Ladder(rungs, null).report().lines().filter(line -> line.startsWith("lost: ")).count() == 4,
                () -> new Ladder(rungs, null).report());
    }

    @Test
    void aProviderWhoseServicesFileGotLostIsTold() throws Exception {
        addServices(Good.class.getName() + "\n");
        Path folder = Files.createDirectories(root.resolve("classes/dev/ringport/mmsg"));
        Files.createFile(folder.resolve("MmsgTransportProvider.class"));
        folders.add(root.resolve("classes/").toUri().toURL());
        Rungs rungs = find();
        assertEquals(1, rungs.lost().size(), rungs.lost()::toString);
        String lost = String.valueOf(rungs.lost().getFirst().getMessage());
        assertTrue(
                lost.startsWith(
                        "mmsg: the class dev.ringport.mmsg.MmsgTransportProvider is there, but no file"
                                + " META-INF/services/dev.ringport.TransportProvider names it; "),
                lost);
    }

    @Test
    void aProviderThatIsNamedButCannotBeLoadedIsToldOnce() throws Exception {
        addServices("dev.ringport.mmsg.MmsgTransportProvider\n");
        Path folder = Files.createDirectories(root.resolve("classes/dev/ringport/mmsg"));
        Files.write(folder.resolve("MmsgTransportProvider.class"), new byte[]{1, 2, 3});
        folders.add(root.resolve("classes/").toUri().toURL());
        Rungs rungs = find();
        assertEquals(1, rungs.lost().size(), rungs.lost()::toString);
        assertEquals(0, rungs.ringports());
    }
}
