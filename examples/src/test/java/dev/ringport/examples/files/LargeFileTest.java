// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import dev.ringport.TransportProvider;
import dev.ringport.examples.ExampleTransports;
import dev.ringport.examples.Output;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A sparse file of 50 MiB on each transport, and the whole program. */
@Timeout(120)
class LargeFileTest {
    private static final int SIZE = 50 << 20;
    private static final int ISLAND = 100_000;

    @TempDir
    private Path root;

    private Path file;

    @BeforeEach
    void makeFile() throws Exception {
        file = root.resolve("large.bin");
        Random random = new Random(7);
        byte[] island = new byte[ISLAND];
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(SIZE);
            for (long at : new long[]{0, (20 << 20) - 1, SIZE - ISLAND}) {
                random.nextBytes(island);
                sparse.seek(at);
                sparse.write(island);
            }
        }
    }

    private FileListener serve(String name) throws Exception {
        Optional<TransportProvider> found = ExampleTransports.named(name, true);
        assumeTrue(found.isPresent() && found.get().unavailabilityCause() == null, name);
        assumeTrue(found.get().socketChannelClass() != null, name);
        FileListener listener = new FileListener(new FileTree(root, found.get()), found.get(), 1);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return listener;
    }

    private static int port(FileListener listener) {
        return URI.create(listener.url()).getPort();
    }

    private static long checksum(InputStream content, long bytes) throws Exception {
        CheckedInputStream checked = new CheckedInputStream(content, new CRC32());
        checked.skipNBytes(bytes);
        return checked.getChecksum().getValue();
    }

    private long fileChecksum() throws Exception {
        try (InputStream content = Files.newInputStream(file)) {
            return checksum(content, SIZE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"iocp", "nio", "epoll"})
    void itArrivesAsItIsTwiceOnOneConnectionAndInParts(String name) throws Exception {
        long expected = fileChecksum();
        try (FileListener listener = serve(name); RawHttp http = new RawHttp(port(listener))) {
            String request = "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n";
            http.send(request + request);
            for (int i = 0; i < 2; i++) {
                assertEquals(String.valueOf(SIZE), http.receiveHead().header("content-length"));
                assertEquals(expected, checksum(http.socket().getInputStream(), SIZE));
            }
            byte[] island = new byte[ISLAND];
            try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
                content.seek((20 << 20) - 1);
                content.readFully(island);
            }
            String range = "Range: bytes=" + ((20 << 20) - 1) + "-" + ((20 << 20) - 2 + ISLAND);
            assertArrayEquals(island, http.get("GET", "/large.bin", range).body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"iocp", "nio", "epoll"})
    void aClientThatLeavesInTheMiddle(String name) throws Exception {
        try (FileListener listener = serve(name)) {
            try (RawHttp leaving = new RawHttp(port(listener))) {
                leaving.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
                assertEquals(200, leaving.receiveHead().status());
                leaving.socket().getInputStream().skipNBytes(ISLAND);
                leaving.socket().setSoLinger(true, 0);
            }
            try (RawHttp http = new RawHttp(port(listener))) {
                assertEquals(SIZE, http.get("GET", "/large.bin").body().length);
            }
            // The time-out of the test is the limit.
            while (listener.connectionCount() > 0) {
                Thread.sleep(10);
            }
            assertEquals(1, listener.counters().answers.sum());
            assertEquals(SIZE, listener.counters().bytes.sum());
            Files.delete(file);
        }
    }

    @Test
    void theProgramEndsWhenInterruptedAndLetsAnAnswerInProgressEnd() throws Exception {
        Output out = new Output();
        Output err = new Output();
        CompletableFuture<Integer> code = new CompletableFuture<>();
        String[] line = {"--root", root.toString(), "--port", "0"};
        Thread runner = new Thread(() -> code.complete(FileServer.run(line, out.stream(), err.stream())));
        runner.start();
        int port = out.awaitNumber("server: http://127.0.0.1:(\\d+)/ serves ");
        try (RawHttp http = new RawHttp(port)) {
            http.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
            assertEquals(200, http.receiveHead().status());
            runner.interrupt();
            assertEquals(fileChecksum(), checksum(http.socket().getInputStream(), SIZE));
            assertTrue(http.isAtEnd());
        }
        assertEquals(0, code.get(30, TimeUnit.SECONDS), err.text());
        assertTrue(out.text().contains("served: answers 1   bytes of files " + SIZE), out.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--root", "--bogus 1", "--port 65536", "--threads 0", "server", "--transport pigeon"})
    void wrongArgumentsGetTheUsage(String line) {
        Output out = new Output();
        Output err = new Output();
        assertEquals(2, FileServer.run(line.split(" "), out.stream(), err.stream()));
        assertTrue(err.text().contains("\nusage: serve "), err.text());
    }

    @Test
    void aRootThatIsNoDirectory() {
        Output out = new Output();
        Output err = new Output();
        String[] line = {"--root", file.toString()};
        assertEquals(1, FileServer.run(line, out.stream(), err.stream()));
        assertEquals("the root " + file + " is no directory", err.text().strip());
    }
}
