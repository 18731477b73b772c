/** How better-auth calls the columns of migration shared-002. */
const moments = { createdAt: 'created_at', updatedAt: 'updated_at' };

export const memberColumns = {
  modelName: 'member',
  fields: { emailVerified: 'email_verified', ...moments },
  additionalFields: {
    administrator: { type: 'boolean', input: false, required: false },
    mustChangePassword: { type: 'boolean', input: false, required: false, fieldName: 'must_change_password' },
  },
} as const;

export const sessionColumns = {
  fields: {
    userId: 'member_id',
    expiresAt: 'expires_at',
    ipAddress: 'ip_address',
    userAgent: 'user_agent',
    ...moments,
  },
};

export const accountColumns = {
  fields: {
    accountId: 'account_id',
    providerId: 'provider_id',
    userId: 'member_id',
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    idToken: 'id_token',
    accessTokenExpiresAt: 'access_token_expires_at',
    refreshTokenExpiresAt: 'refresh_token_expires_at',
    ...moments,
  },
};

export const verificationColumns = { fields: { expiresAt: 'expires_at', ...moments } };

export const secondFactorColumns = {
  user: { fields: { twoFactorEnabled: 'second_factor_enabled' } },
  twoFactor: {
    modelName: 'second_factor',
    fields: {
      userId: 'member_id',
      backupCodes: 'backup_codes',
      failedVerificationCount: 'failed_verification_count',
      lockedUntil: 'locked_until',
    },
  },
};
