// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import dev.ringport.TransportProvider;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The files under a root. Its calls block as long as the file system does: not on an event loop. */
final class FileTree {
    private static final String INDEX = "index.html";

    private final Path root;
    private final TransportProvider transport;

    FileTree(Path root, TransportProvider transport) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException("the root " + root + " is no directory");
        }
        this.root = root.toRealPath();
        this.transport = transport;
    }

    Path root() {
        return root;
    }

    /** The answer to a GET or HEAD request, whose owner the caller is. */
    Answer answer(HttpRequest request) {
        try {
            RequestTarget target = RequestTarget.parse(request.uri());
            Path file = locate(target);
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                if (!target.directory()) {
                    return moved(target);
                }
                // Directories are not listed.
                file = inTree(file.resolve(INDEX), HttpResponseStatus.FORBIDDEN);
                attributes = Files.readAttributes(file, BasicFileAttributes.class);
            } else if (target.directory()) {
                throw new RefusedException(HttpResponseStatus.NOT_FOUND);
            }
            // To open anything else, such as a pipe, could block for ever.
            if (!attributes.isRegularFile()) {
                throw new RefusedException(HttpResponseStatus.FORBIDDEN);
            }
            return content(request, file, attributes);
        } catch (RefusedException refused) {
            return Answer.refusal(refused.status());
        } catch (AccessDeniedException denied) {
            return Answer.refusal(HttpResponseStatus.FORBIDDEN);
        } catch (FileSystemException | InvalidPathException notThere) {
            return Answer.refusal(HttpResponseStatus.NOT_FOUND);
        } catch (IOException | RuntimeException failed) {
            return Answer.refusal(HttpResponseStatus.INTERNAL_SERVER_ERROR);
        }
    }

    private Path locate(RequestTarget target) throws IOException, RefusedException {
        Path path = root;
        for (String name : target.names()) {
            path = path.resolve(name);
        }
        return inTree(path, HttpResponseStatus.NOT_FOUND);
    }

    /** The path without symbolic links, which must not lead out of the tree either. */
    private Path inTree(Path path, HttpResponseStatus ifAbsent) throws IOException, RefusedException {
        if (!Files.exists(path)) {
            throw new RefusedException(ifAbsent);
        }
        Path real = path.toRealPath();
        if (!real.startsWith(root)) {
            throw new RefusedException(HttpResponseStatus.FORBIDDEN);
        }
        return real;
    }

    /** With the slash at the end, links within the directory's index lead to where they are meant to. */
    private static Answer moved(RequestTarget target) {
        Answer answer = Answer.refusal(HttpResponseStatus.MOVED_PERMANENTLY);
        answer.head().headers().set(HttpHeaderNames.LOCATION, target.path() + "/");
        return answer;
    }

    private Answer content(HttpRequest request, Path file, BasicFileAttributes attributes) throws IOException {
        long size = attributes.size();
        Instant modified = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS);
        if (isUnchanged(request.headers(), modified)) {
            Answer answer = Answer.head(HttpResponseStatus.NOT_MODIFIED);
            answer.head().headers().set(HttpHeaderNames.LAST_MODIFIED, HttpDates.text(modified));
            return answer;
        }
        boolean isGet = request.method().equals(HttpMethod.GET);
        ByteRange range;
        try {
            range = isGet ? ByteRange.of(range(request.headers(), modified), size) : ByteRange.whole(size);
        } catch (RefusedException unsatisfiable) {
            Answer answer = Answer.refusal(unsatisfiable.status());
            answer.head().headers().set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + size);
            return answer;
        }
        FileRegion body = isGet && range.count() > 0
                ? FileRegions.open(transport, file, range.first(), range.count())
                : null;
        Answer answer = new Answer(
                Answer.head(range.isPart() ? HttpResponseStatus.PARTIAL_CONTENT : HttpResponseStatus.OK).head(), body);
        answer.head()
                .headers()
                .set(HttpHeaderNames.CONTENT_TYPE, ContentTypes.of(file.getFileName().toString()))
                .set("x-content-type-options", "nosniff")
                .set(HttpHeaderNames.CONTENT_LENGTH, range.count())
                .set(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES)
                .set(HttpHeaderNames.LAST_MODIFIED, HttpDates.text(modified));
        if (range.isPart()) {
            long last = range.first() + range.count() - 1;
            answer.head()
                    .headers()
                    .set(HttpHeaderNames.CONTENT_RANGE, "bytes " + range.first() + "-" + last + "/" + size);
        }
        return answer;
    }

    private static boolean isUnchanged(HttpHeaders headers, Instant modified) {
        Instant known = HttpDates.parse(headers.get(HttpHeaderNames.IF_MODIFIED_SINCE));
        return known != null && !modified.isAfter(known);
    }

    /** The range that is asked for, unless it was meant for an earlier content of the file. */
    private static @Nullable String range(HttpHeaders headers, Instant modified) {
        String expected = headers.get(HttpHeaderNames.IF_RANGE);
        boolean applies = expected == null || modified.equals(HttpDates.parse(expected));
        return applies ? headers.get(HttpHeaderNames.RANGE) : null;
    }
}
