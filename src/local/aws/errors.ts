/** Every error the embedded AWS can answer with, by AWS's own code: the HTTP status and a message for when there is no better one. */
const catalogue = {
  AccessDeniedException: [400, 'The caller is not authorized to perform this operation.'],
  ActivationExpired: [400, 'The activation has expired.'],
  ExpiredTokenException: [400, 'The security token included in the request is expired'],
  IncompleteSignatureException: [400, 'The Authorization header is not in the form of Signature Version 4.'],
  InternalServerError: [500, 'An error occurred on the server side.'],
  InvalidActivation: [
    400,
    "The activation isn't valid: it may have been deleted, or the id and the code do not match.",
  ],
  InvalidActivationId: [400, "The activation ID isn't valid."],
  InvalidFilter: [400, "The filter isn't valid."],
  InvalidFilterKey: [400, "The specified key isn't valid."],
  InvalidInstanceId: [400, 'The managed node is not known.'],
  InvalidInstanceInformationFilterValue: [400, "The specified filter value isn't valid."],
  InvalidInstanceInformationValue: [400, "The reported value isn't valid."],
  InvalidNextToken: [400, "The specified token isn't valid."],
  InvalidParameters: [400, 'The request holds a parameter that is not valid.'],
  InvalidPublicKey: [400, 'The public key is not a base64 DER RSA key of at least 2048 bits.'],
  InvalidResourceId: [400, "The resource ID isn't valid: no such managed node."],
  InvalidResourceType: [400, "The resource type isn't valid: only managed nodes are known here."],
  InvalidSignatureException: [400, 'The request signature does not match the one calculated here.'],
  MachineFingerprintDoesNotMatch: [400, 'The fingerprint is not the one this managed node registered with.'],
  MissingAuthenticationTokenException: [400, 'Missing Authentication Token'],
  PublicKeyAlreadyRegistered: [400, 'The public key is already registered.'],
  RegistrationLimitExceeded: [400, 'The registration limit of the activation has been reached.'],
  RequestEntityTooLargeException: [413, 'The request body is too large.'],
  SerializationException: [400, 'The request body is not the JSON this operation takes.'],
  ServiceQuotaExceededException: [400, 'The account has as many activations as it may have.'],
  Throttling: [400, 'Rate exceeded'],
  ThrottlingException: [400, 'Rate exceeded'],
  /** What a gateway in front of the service answers: a status and nothing else. */
  TooManyRequestsWithoutBody: [429, ''],
  TooManyTagsError: [400, 'A resource can have at most 50 tags.'],
  TooManyUpdates: [400, 'There are concurrent updates for a resource that supports one update at a time.'],
  UnknownOperationException: [400, 'The operation is not known here.'],
  UnrecognizedClientException: [400, 'The security token included in the request is invalid.'],
  ValidationException: [400, 'The request is not valid.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type AwsErrorCode = keyof typeof catalogue;

/** An answer of the service: `{"__type": code, "message": message}` with the code's HTTP status. */
export class AwsError extends Error {
  readonly code: AwsErrorCode;
  readonly status: number;

  constructor(code: AwsErrorCode, message: string = catalogue[code][1]) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = catalogue[code][0];
  }

  get body(): object | undefined {
    return this.code === 'TooManyRequestsWithoutBody'
      ? undefined
      : { __type: this.code, message: this.message };
  }
}
