// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import dev.ringport.examples.files.RawHttp.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What the server answers, on the best transport with TCP that is here. */
@Timeout(60)
class FileServerTest {
    private static final TransportProvider TRANSPORT = Transports.best().connections();
    private static final String HELLO = "Hello, world\n";
    private static final String MODIFIED = "Sat, 04 Jul 2026 09:08:07 GMT";

    @TempDir
    private Path outside;

    private FileListener listener;
    private URI url;
    private RawHttp http;

    @BeforeEach
    void serve() throws Exception {
        Path root = Files.createDirectory(outside.resolve("root"));
        Files.writeString(outside.resolve("secret.txt"), "secret");
        Files.writeString(Files.createDirectory(outside.resolve("root-2")).resolve("secret.txt"), "secret");
        Files.writeString(root.resolve("hello.txt"), HELLO);
        Files.setLastModifiedTime(
                root.resolve("hello.txt"), FileTime.from(Instant.parse("2026-07-04T09:08:07.654Z")));
        Files.writeString(root.resolve("b\u00fccher 1.html"), "<p>");
        Files.createFile(root.resolve("empty.dat"));
        Files.createDirectory(root.resolve("bare"));
        Files.writeString(Files.createDirectory(root.resolve("sub")).resolve("index.html"), "index of sub");
        listener = new FileListener(new FileTree(root, TRANSPORT), TRANSPORT, 1);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        url = URI.create(listener.url());
        http = new RawHttp(url.getPort());
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        listener.close();
    }

    private void assertClosed() throws IOException {
        assertTrue(http.isAtEnd());
    }

    @Test
    void aFile() throws Exception {
        Response response = http.get("GET", "/hello.txt");
        assertEquals(200, response.status());
        assertEquals(HELLO, response.text());
        assertEquals("text/plain; charset=utf-8", response.header("content-type"));
        assertEquals("nosniff", response.header("x-content-type-options"));
        assertEquals("13", response.header("content-length"));
        assertEquals("bytes", response.header("accept-ranges"));
        assertEquals(MODIFIED, response.header("last-modified"));
        assertTrue(response.header("date").endsWith(" GMT"));
        assertNull(response.header("connection"));
    }

    @ParameterizedTest
    @CsvSource({
        "/b%C3%BCcher%201.html, text/html; charset=utf-8, 3",
        "/empty.dat, application/octet-stream, 0",
        "/sub/, text/html; charset=utf-8, 12",
        "http://test/hello.txt, text/plain; charset=utf-8, 13",
        "/hello.txt?version=2, text/plain; charset=utf-8, 13"})
    void filesByTheirTargets(String target, String type, String length) throws Exception {
        for (String method : new String[]{"GET", "HEAD", "GET"}) {
            Response response = http.get(method, target);
            assertEquals(200, response.status());
            assertEquals(type, response.header("content-type"));
            assertEquals(length, response.header("content-length"));
        }
    }

    @Test
    void theHeadAlone() throws Exception {
        Response head = http.get("HEAD", "/hello.txt", "Range: bytes=1-2");
        assertEquals(200, head.status());
        assertEquals("13", head.header("content-length"));
        assertEquals(404, http.get("HEAD", "/none").status());
        // What followed the heads would be taken for the start of this answer.
        assertEquals(HELLO, http.get("GET", "/hello.txt").text());
    }

    @Test
    void aLibraryAsClient() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(url.resolve("sub/")).build();
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertEquals(200, response.statusCode());
                assertEquals("index of sub", response.body());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/none", "/none/", "/hello.txt/", "/hello.txt/x", "/none/none", "/secret.txt"})
    void whatIsNotThere(String target) throws Exception {
        Response response = http.get("GET", target);
        assertEquals(404, response.status());
        assertEquals("404 Not Found\n", response.text());
        assertEquals(HELLO, http.get("GET", "/hello.txt").text());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5Csecret.txt",
        "/..\\secret.txt",
        "/sub/..%5c..%5csecret.txt",
        "/../root-2/secret.txt",
        "//localhost/c$/secret.txt",
        "/C:/Windows/win.ini",
        "/hello.txt::$DATA",
        "/hello.txt.",
        "/hello.txt%20",
        "/NUL",
        "/sub/con.txt",
        "/bare/",
        "/"})
    void whatNobodyMaySee(String target) throws Exception {
        Response response = http.get("GET", target);
        assertEquals(403, response.status());
        assertEquals("403 Forbidden\n", response.text());
        assertEquals(HELLO, http.get("GET", "/hello.txt").text());
    }

    @Test
    void aLinkThatLeadsOutAndOneThatDoesNot() throws Exception {
        Path root = outside.resolve("root");
        try {
            Files.createSymbolicLink(root.resolve("out.txt"), outside.resolve("secret.txt"));
            Files.createSymbolicLink(root.resolve("out"), outside.resolve("root-2"));
            Files.createSymbolicLink(root.resolve("in.txt"), root.resolve("hello.txt"));
        } catch (IOException | UnsupportedOperationException noLinks) {
            abort("no symbolic links here: " + noLinks);
        }
        // Wine 8 says that it has made them.
        assumeTrue(Files.exists(root.resolve("in.txt")), "no symbolic links here");
        assertEquals(403, http.get("GET", "/out.txt").status());
        assertEquals(403, http.get("GET", "/out/secret.txt").status());
        assertEquals(HELLO, http.get("GET", "/in.txt").text());
    }

    @Test
    void aDirectoryWithoutItsSlash() throws Exception {
        Response response = http.get("GET", "/sub?a=b");
        assertEquals(301, response.status());
        assertEquals("/sub/", response.header("location"));
    }

    @Test
    void ranges() throws Exception {
        Response part = http.get("GET", "/hello.txt", "Range: bytes=7-11");
        assertEquals(206, part.status());
        assertEquals("world", part.text());
        assertEquals("bytes 7-11/13", part.header("content-range"));
        assertEquals("orld\n", http.get("GET", "/hello.txt", "Range: bytes=-5").text());
        assertEquals("bytes 8-12/13", http.get("GET", "/hello.txt", "Range: bytes=8-").header("content-range"));
        assertEquals(HELLO, http.get("GET", "/hello.txt", "Range: bytes=0-1,3-4").text());
        Response none = http.get("GET", "/hello.txt", "Range: bytes=13-");
        assertEquals(416, none.status());
        assertEquals("bytes */13", none.header("content-range"));
        assertEquals("H", http.get("GET", "/hello.txt", "Range: bytes=0-0", "If-Range: " + MODIFIED).text());
        assertEquals(HELLO, http.get("GET", "/hello.txt", "Range: bytes=0-0", "If-Range: \"tag\"").text());
    }

    @Test
    void aFileThatIsKnownAlready() throws Exception {
        Response known = http.get("GET", "/hello.txt", "If-Modified-Since: " + MODIFIED);
        assertEquals(304, known.status());
        assertEquals(0, known.body().length);
        Response changed = http.get("GET", "/hello.txt", "If-Modified-Since: Sat, 04 Jul 2026 09:08:06 GMT");
        assertEquals(HELLO, changed.text());
        assertEquals(HELLO, http.get("GET", "/hello.txt", "If-Modified-Since: yesterday").text());
    }

    @Test
    void otherMethodsAndTheirContentsArePassedBy() throws Exception {
        Response post = http.send("POST /hello.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /")
                .receive(true);
        assertEquals(405, post.status());
        assertEquals("GET, HEAD", post.header("allow"));
        String chunks = "1\r\nx\r\n".repeat(20_000) + "0\r\n\r\n";
        http.send("PUT /hello.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
        assertEquals(405, http.receive(true).status());
        assertEquals(405, http.get("DELETE", "/hello.txt").status());
        assertEquals(HELLO, http.get("GET", "/hello.txt").text());
    }

    @Test
    void requestsThatDoNotWaitForAnswers() throws Exception {
        int pairs = 60; // the codec takes 128 requests without an answer, and no more
        String pair = "GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\nBREW /sub/ HTTP/1.1\r\nHost: a\r\n\r\n";
        http.send(pair.repeat(pairs) + "GET /sub/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        for (int i = 0; i < pairs; i++) {
            assertEquals(HELLO, http.receive(true).text());
            assertEquals(405, http.receive(true).status());
        }
        Response last = http.receive(true);
        assertEquals("index of sub", last.text());
        assertEquals("close", last.header("connection"));
        assertClosed();
        assertEquals(2 * pairs + 1, listener.counters().answers.sum());
    }

    @Test
    void anEarlierVersionKeepsNoConnectionUnasked() throws Exception {
        http.send("GET /hello.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assertEquals("keep-alive", http.receive(true).header("connection"));
        http.send("GET /hello.txt HTTP/1.0\r\n\r\n");
        assertEquals(HELLO, http.receive(true).text());
        assertClosed();
    }

    @ParameterizedTest
    @CsvSource({
        "'GARBAGE', 400",
        "'GET /hello.txt HTTP/1.1|Host: a|Content-Length: x', 400",
        "'GET /hello.txt HTTP/1.1|Host: a|:', 400",
        "'GET /hello.txt HTTP/1.1|Host: a|Expect: 100-continue', 200"})
    void whatMakesItEndTheConnection(String request, int status) throws Exception {
        http.send(request.replace("|", "\r\n") + "\r\n\r\n" + "rest".repeat(10_000));
        Response response = http.receive(true);
        assertEquals(status, response.status());
        assertEquals("close", response.header("connection"));
        assertClosed();
    }

    @Test
    void requestsThatAreTooLong() throws Exception {
        assertEquals(414, http.get("GET", "/" + "a".repeat(10_000)).status());
        assertClosed();
        try (RawHttp other = new RawHttp(url.getPort())) {
            assertEquals(431, other.get("GET", "/", "X: " + "a".repeat(20_000)).status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /hello.txt HTTP/1.1', 400",
        "'GET /hello.txt HTTP/1.1|Host: a|Host: b', 400",
        "'GET hello.txt HTTP/1.1|Host: a', 400",
        "'GET /%zz HTTP/1.1|Host: a', 400",
        "'OPTIONS * HTTP/1.1|Host: a', 405"})
    void badRequestsWhoseEndIsClearKeepTheConnection(String request, int status) throws Exception {
        http.send(request.replace("|", "\r\n") + "\r\n\r\n");
        assertEquals(status, http.receive(true).status());
        assertEquals(HELLO, http.get("GET", "/hello.txt").text());
    }

    @Test
    void aRequestInPieces() throws Exception {
        for (byte piece : "GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII)) {
            http.send(String.valueOf((char) piece));
            http.socket().setTcpNoDelay(true);
        }
        assertEquals(HELLO, http.receive(true).text());
    }

    @Test
    void stoppingEndsConnectionsThatWait() throws Exception {
        assertEquals(HELLO, http.get("GET", "/hello.txt").text());
        listener.stop();
        assertClosed();
        assertEquals(0, listener.connectionCount());
        assertFalse(listener.counters().toString().isEmpty());
    }
}
