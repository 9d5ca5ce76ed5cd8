// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A connection on which a test says exactly what it means, unlike a library that puts targets in order. */
final class RawHttp implements AutoCloseable {
    private final Socket socket;
    private final InputStream input;

    /** With each byte of the body as one character. */
    record Response(int status, Map<String, String> headers, String bytes) {
        byte[] body() {
            return bytes.getBytes(StandardCharsets.ISO_8859_1);
        }

        String text() {
            return new String(body(), StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.get(name);
        }
    }

    RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        input = socket.getInputStream();
    }

    Socket socket() {
        return socket;
    }

    RawHttp send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** A request with the headers that are needed and others. */
    Response get(String method, String target, String... headers) throws IOException {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        send(method + " " + target + " HTTP/1.1\r\nHost: test\r\n" + more + "\r\n");
        return receive(!method.equals("HEAD"));
    }

    Response receive(boolean withBody) throws IOException {
        Response head = receiveHead();
        String length = head.header("content-length");
        byte[] body = new byte[0];
        if (withBody && length != null) {
            body = input.readNBytes(Integer.parseInt(length));
            if (body.length < Integer.parseInt(length)) {
                throw new EOFException("only " + body.length + " bytes of " + length);
            }
        }
        return new Response(head.status(), head.headers(), new String(body, StandardCharsets.ISO_8859_1));
    }

    Response receiveHead() throws IOException {
        String[] status = line().split(" ", 3);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return new Response(Integer.parseInt(status[1]), headers, "");
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new EOFException("in the head, after: " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** Whether nothing follows but the end of the stream. */
    boolean isAtEnd() throws IOException {
        return input.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
