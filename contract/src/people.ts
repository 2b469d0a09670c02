import { z } from "zod";
import { ROLES } from "./permissions.ts";
import { PRINTABLE } from "./shapes.ts";

const payload = (problem: string): string => `Invalid request payload: ${problem}`;

/** An e-mail address, as it is stored and compared: lower case, without spaces around it. */
export const Email = z
  .string({ error: payload("missing email field") })
  .trim()
  .toLowerCase()
  .max(254, payload("email is longer than 254 characters"))
  .pipe(z.email(payload("email is not an e-mail address")))
  .meta({ type: "string", format: "email", example: "grace@example.com" });

/** Something that may be the address of somebody here: whoever signs in need not be told that it could not be one. */
export const GivenEmail = z
  .string({ error: payload("missing email field") })
  .trim()
  .toLowerCase()
  .min(1, payload("missing email field"))
  .max(254, payload("email is longer than 254 characters"))
  .meta({ example: "grace@example.com" });

const name = (field: string, longest: number) =>
  z
    .string({ error: payload(`missing ${field} field`) })
    .trim()
    .min(1, payload(`missing ${field} field`))
    .max(longest, payload(`${field} is longer than ${longest} characters`))
    .regex(PRINTABLE, payload(`${field} contains control characters`));

/** What a person, a team, a token or a service identity is called. */
export const GivenName = name("name", 255);

export const RoleField = z.enum(ROLES, { error: payload(`role must be one of ${ROLES.join(", ")}`) });

/** The fewest characters of a password (NIST SP 800-63B-4, 3.1.1.2: 15 where it stands alone). */
export const PASSWORD_LENGTH_MIN = 15;
const PASSWORD_BYTES_MAX = 256;

/** A password that somebody chooses. Any characters, of any script; only the length counts. */
export const NewPassword = z
  .string({ error: payload("missing password field") })
  .refine((text) => [...text.normalize("NFKC")].length >= PASSWORD_LENGTH_MIN, {
    error: payload(`a password needs at least ${PASSWORD_LENGTH_MIN} characters`),
    abort: true,
  })
  .refine((text) => new TextEncoder().encode(text).length <= PASSWORD_BYTES_MAX, {
    error: payload(`a password may have ${PASSWORD_BYTES_MAX} bytes at most`),
  })
  .meta({ minLength: PASSWORD_LENGTH_MIN, "x-secret": true });

/** A password as somebody presents it; whether it is right is not the contract's to say. */
export const GivenPassword = z
  .string({ error: payload("missing password field") })
  .max(1024, payload(`a password may have ${PASSWORD_BYTES_MAX} bytes at most`))
  .meta({ "x-secret": true });

/** What a link carries after its `#`. */
export const LinkSecret = z
  .string({ error: payload("missing secret field") })
  .max(255, payload("secret is longer than 255 characters"))
  .meta({ description: "What stands after the # of the link.", "x-secret": true });
