"""The words of the made-up sample report, in English and French."""

FORMS = {
    "rape": {"en": "Rape", "fr": "Viol"},
    "sexual_slavery": {"en": "Sexual slavery", "fr": "Esclavage sexuel"},
    "forced_marriage": {"en": "Forced marriage", "fr": "Mariage forcé"},
    "forced_nudity": {"en": "Forced nudity", "fr": "Nudité forcée"},
    "trafficking": {
        "en": "Trafficking for sexual exploitation",
        "fr": "Traite à des fins d’exploitation sexuelle",
    },
    "forced_prostitution": {"en": "Forced prostitution", "fr": "Prostitution forcée"},
    "forced_pregnancy": {"en": "Forced pregnancy", "fr": "Grossesse forcée"},
}
PARTIES = {
    "CDF": {"en": "Carana Defence Forces (CDF)", "fr": "Forces de défense de Carana (CDF)"},
    "CNP": {"en": "Carana National Police (CNP)", "fr": "Police nationale de Carana (CNP)"},
    "ICSC": {
        "en": "Independent Combatants of South Carana (ICSC)",
        "fr": "Combattants indépendants du Sud Carana (ICSC)",
    },
    "MLCS": {
        "en": "Movement for the Liberation of South Carana (MLCS)",
        "fr": "Mouvement de libération de Carana-Sud (MLCS)",
    },
    "MPC": {"en": "Patriotic Movement of Carana (MPC)", "fr": "Mouvement patriotique de Carana (MPC)"},
    "UIAM": {"en": "Unidentified armed men", "fr": "Hommes armés non identifiés"},
    "unknown": {"en": "Not known", "fr": "Inconnu"},
}
PEOPLE = {
    "woman": {"en": "Women", "fr": "Femmes"},
    "girl": {"en": "Girls", "fr": "Filles"},
    "man": {"en": "Men", "fr": "Hommes"},
    "boy": {"en": "Boys", "fr": "Garçons"},
    "unknown": {"en": "Not known", "fr": "Inconnu"},
}
TOTALS = {
    "incidents": {
        "en": "incidents verified in the quarter",
        "fr": "incidents vérifiés au cours du trimestre",
    },
    "victims": {
        "en": "victims and survivors of verified incidents",
        "fr": "victimes et personnes rescapées d’incidents vérifiés",
    },
}
PLAIN: tuple[tuple[str, int | float, str, str, str], ...] = (
    ("late_verified", 14, "", "verified late, from earlier quarters", "vérifiés tardivement, trimestres antérieurs"),
    ("under_verification", 23, "", "still under verification", "en cours de vérification"),
    ("care_72h", 38.5, "%", "reached medical care within 72 hours", "ont reçu des soins médicaux dans les 72 heures"),
    ("referred", 57, "", "referred with their consent", "orientées avec leur consentement"),
    ("services_open", 19, "", "services open at the end of the quarter", "services ouverts à la fin du trimestre"),
    ("areas_without", 11, "", "districts without clinical care", "districts sans prise en charge clinique"),
    ("investigations", 12, "", "investigations opened", "enquêtes ouvertes"),
    ("trials", 6, "", "trials held", "procès tenus"),
    ("convictions", 5, "", "convictions", "condamnations"),
    ("reparations", 0, "", "reparation orders carried out", "décisions de réparation exécutées"),
    ("reports_received", 152, "", "reports received", "signalements reçus"),
    ("districts_covered", 31, "", "districts covered", "districts couverts"),
    ("districts_all", 38, "", "districts in all", "districts au total"),
    ("alerts", 17, "", "alerts raised", "alertes lancées"),
    ("alerts_answered", 13, "", "alerts answered within the target time", "alertes traitées dans le délai fixé"),
    ("trained", 1240, "", "peacekeepers briefed", "membres du personnel de la mission formés"),
)  # fmt: skip

EN = {
    "title": "Conflict-related sexual violence in Carana",
    "subtitle": "Quarterly report to the MARA working group, Q3 2026",
    "not_cleared": "NOT CLEARED – draft",
    "watermark": "NOT CLEARED",
    "synthetic": "Synthetic data – training country Carana",
    "classification": "Confidential",
    "caveat": "Figures count what was reported to the mission and verified by its standard of proof. They do not measure how "
    "widespread sexual violence is: fear, distance, insecurity and lack of services keep many survivors from reporting. "
    "A rise may show better access, not more violence.",
    "period": "July to September 2026",
    "s1": "Period, coverage, limits and method",
    "t1": "This report covers the third quarter of 2026. Monitoring teams reached {districts_covered} of {districts_all} districts. "
    "Access to the south-west of Leppko was denied during August; what happened there may become known later and will then be "
    "counted as verified late.\nThe arrangements were requested by resolution 1960 (2010). All counts are of incidents and of "
    "people; one incident may involve several people. Every number names its basis: as reported at the close of the quarter, or as known today.",
    "s2": "Key figures",
    "t2": "The mission received {reports_received} reports in the quarter. The working group verified {incidents} incidents; "
    "{under_verification} more are under verification. Of the verified incidents, {incidents|form=rape} are counted as rape, the "
    "principal form being the one that counts.",
    "s3": "Trends and patterns",
    "t3": "The number of verified incidents stayed near the level of the previous quarter and above that of the same quarter a year "
    "before. The first quarter of 2026 was not monitored and stands as a gap. Attacks followed the pattern seen since the split of "
    "the MLCS: raids on villages of the rival group, abduction on the road to Xalksa, release after negotiation by elders.",
    "s4": "Parties alleged or verified",
    "t4": "Attribution is a judgement of its own and is made apart from the verification of the incident. {incidents|party=ICSC} "
    "incidents are attributed to the ICSC and {incidents|party=MLCS} to the MLCS. No incident was attributed to the MPC.",
    "s5": "Emblematic verified cases",
    "t5": "Cases are told only where the survivor consented to this use and where the account, redacted, cannot lead back to a person.",
    "s6": "Impact and access to services",
    "t6": "Access to care improved along the coast and worsened inland, where the rains closed the road between Corma and Kika.",
    "s7": "Accountability",
    "t7": "The mobile court sat in Corma in September. The mission gave logistic support and monitored the protection of witnesses.",
    "s8": "Prevention, early warning and patrol response",
    "t8": "Community networks raised {alerts} alerts; {alerts_answered} were answered within the target time. Patrols along the "
    "market road changed their hours after women traders described when they feel unsafe.",
    "s9": "Commitments of parties",
    "t9": "The table states where each commitment stands; the assessment behind it names its evidence.",
    "s10": "United Nations action and coordination",
    "t10": "The working group met monthly. Human rights, child protection and police components reconciled their figures at the close "
    "of the quarter. {trained} uniformed and civilian staff were briefed on referral and on what not to ask.",
    "s11": "Early warning outlook",
    "t11": "Risk is highest in Leppko until the harvest ends. The signs to watch are public accusations between rival commanders, "
    "movement of fighters towards Gachal, and the withdrawal of traders from Maldosa.",
    "s12": "Recommendations",
    "t12": "Each recommendation has an owner and a date and is followed up in the next report.",
    "annex_a": "Tables",
    "annex_b": "Method",
    "method": "Small counts are withheld. A count below the threshold is replaced by the letter c, and as many further counts as needed "
    "are withheld so that none can be worked out from the totals. The tables of this report were protected together.\nZero is printed "
    "only where the area was covered in the period. Where it was not, a dash stands for no data.\nAn incident is verified when at least "
    "two independent sources, or one source with first-hand knowledge and a consistent account, satisfy the working group.",
    "counting": "Incidents are counted once, by their principal form. Several reports of one incident are linked by people, never merged.",
    "total": "Total", "form": "Principal form", "incidents": "Incidents", "quarter": "Quarter", "party": "Party", "province": "Province",
    "by_form": "Verified incidents by principal form",
    "by_form_alt": "Horizontal bars of verified incidents by principal form. Rape is by far the most frequent; small counts are withheld.",
    "trend": "Verified incidents by quarter, as reported",
    "trend_alt": "Bars of verified incidents over eight quarters. The count rose in the second quarter of 2026 and fell slightly in the third; "
    "the first quarter of 2026 has no data.",
    "trend_note": "As reported at the close of each quarter; incidents verified later are not added here.",
    "areas": "Where it happened",
    "map": "Victims and survivors of verified incidents by province",
    "map_alt": "Area map of the eight provinces of Carana. The highest number is in Leppko in the south-east; provinces with small counts are hatched.",
    "by_party": "Verified incidents by party alleged or found responsible",
    "party_note": "Attribution at the confidence required by the working group; not a finding of guilt.",
    "by_area": "Victims and survivors of verified incidents by province, sex and age",
    "area_note": "Girls and boys are under eighteen years of age.",
    "by_hand_1": "In a village near Kika, armed men separated women from men after a raid. Survivors reached a clinic with the help of a women’s "
    "association, which also brought the account to the mission. The working group verified the incident from independent sources.",
    "by_hand_2": "A young woman held in a camp as a so-called wife escaped during a move of the group. She chose to speak with the women’s "
    "protection adviser and later asked for legal aid, which a partner provides.",
    "c0": "Commitments and their state at the end of the quarter", "c1": "Party", "c2": "Commitment", "c3": "State", "c4": "Next step",
    "commitments": "CDF|Command order prohibiting sexual violence|Issued, spread to all sectors|Report on sanctions taken\n"
    "CNP|Specialised units in each province|Partly met|Budget for the two southern provinces\n"
    "ICSC|Unilateral communiqué, release of abducted persons|Started|Access for verification\n"
    "MLCS|None yet|On notice|First meeting with commanders\nMPC|Code of conduct under the Kalari Treaty|Met|Keep under review",
    "r0": "Recommendations", "r1": "Recommendation", "r2": "Owner", "r3": "Due",
    "recommendations": "Reopen the road between Corma and Kika for clinics before the next rains|Ministry of Works, mission engineering|30 November 2026\n"
    "Grant the monitoring teams access to the south-west of Leppko|ICSC command|31 October 2026\n"
    "Keep patrols on the market road at the hours chosen by women traders|Force, Sector 3 commander|15 October 2026\n"
    "Fund clinical care in the districts that have none|Health cluster, donors|31 December 2026",
}  # fmt: skip

FR = {
    "title": "Violences sexuelles liées au conflit à Carana",
    "subtitle": "Rapport trimestriel au groupe de travail MARA, T3 2026",
    "not_cleared": "NON VALIDÉ – projet",
    "watermark": "NON VALIDÉ",
    "synthetic": "Données fictives – pays d’exercice Carana",
    "classification": "Confidentiel",
    "caveat": "Les chiffres portent sur les faits signalés à la mission et vérifiés selon sa norme de preuve. Ils ne mesurent pas "
    "l’ampleur des violences sexuelles\u00a0: la peur, l’éloignement, l’insécurité et l’absence de services empêchent de nombreuses "
    "personnes de signaler les faits. Une hausse peut traduire un meilleur accès et non davantage de violences.",
    "period": "Juillet à septembre 2026",
    "s1": "Période, couverture, limites et méthode",
    "t1": "Le présent rapport porte sur le troisième trimestre de 2026. Les équipes de surveillance se sont rendues dans "
    "{districts_covered} des {districts_all} districts. L’accès au sud-ouest de la province de Leppko leur a été refusé en août\u00a0; les "
    "faits qui s’y seraient produits pourront être connus plus tard et seront alors comptés comme vérifiés tardivement.\nLes "
    "arrangements ont été demandés par la résolution 1960 (2010). Les chiffres portent sur des incidents et sur des personnes\u00a0; un "
    "même incident peut concerner plusieurs personnes. Chaque chiffre indique sa base\u00a0: tel que communiqué à la clôture du trimestre ou "
    "tel que connu à ce jour.",
    "s2": "Chiffres clefs",
    "t2": "La mission a reçu {reports_received} signalements au cours du trimestre. Le groupe de travail a vérifié {incidents} "
    "incidents\u00a0; {under_verification} autres sont en cours de vérification. Parmi les incidents vérifiés, {incidents|form=rape} sont "
    "comptés comme viols, la forme principale étant seule retenue.",
    "s3": "Tendances et schémas récurrents",
    "t3": "Le nombre d’incidents vérifiés est resté proche de celui du trimestre précédent et supérieur à celui du même trimestre de "
    "l’année précédente. Le premier trimestre de 2026 n’a pas fait l’objet d’une surveillance et apparaît comme une lacune. Les attaques "
    "ont suivi le schéma observé depuis la scission du MLCS\u00a0: raids contre les villages du groupe rival, enlèvements sur la route de "
    "Xalksa, libération après négociation par les anciens.",
    "s4": "Parties présumées ou avérées responsables",
    "t4": "L’attribution est une appréciation distincte de la vérification de l’incident. {incidents|party=ICSC} incidents sont attribués "
    "à l’ICSC et {incidents|party=MLCS} au MLCS. Aucun incident n’a été attribué au MPC.",
    "s5": "Cas emblématiques vérifiés",
    "t5": "Un cas n’est relaté que si la personne y a consenti et si le récit, expurgé, ne permet de remonter à personne.",
    "s6": "Conséquences et accès aux services",
    "t6": "L’accès aux soins s’est amélioré le long de la côte et dégradé à l’intérieur du pays, où les pluies ont coupé la route entre Corma et Kika.",
    "s7": "Établissement des responsabilités",
    "t7": "Le tribunal itinérant a siégé à Corma en septembre. La mission a fourni un appui logistique et suivi la protection des témoins.",
    "s8": "Prévention, alerte rapide et intervention des patrouilles",
    "t8": "Les réseaux communautaires ont lancé {alerts} alertes, dont {alerts_answered} ont été traitées dans le délai fixé. Les "
    "patrouilles sur la route du marché ont modifié leurs horaires après que des commerçantes eurent indiqué à quels moments elles se sentaient en danger.",
    "s9": "Engagements des parties",
    "t9": "Le tableau indique l’état de chaque engagement\u00a0; l’évaluation correspondante cite ses éléments de preuve.",
    "s10": "Action et coordination des Nations Unies",
    "t10": "Le groupe de travail s’est réuni chaque mois. Les composantes droits de l’homme, protection de l’enfance et police ont "
    "rapproché leurs chiffres à la clôture du trimestre. {trained} membres du personnel en uniforme et civil ont été informés des voies "
    "d’orientation et des questions à ne pas poser.",
    "s11": "Perspectives d’alerte rapide",
    "t11": "Le risque est le plus élevé dans la province de Leppko jusqu’à la fin des récoltes. Les signes à surveiller sont les accusations "
    "publiques entre commandants rivaux, les mouvements de combattants vers Gachal et le départ des commerçants de Maldosa.",
    "s12": "Recommandations",
    "t12": "Chaque recommandation a un responsable et une échéance, et fait l’objet d’un suivi dans le rapport suivant.",
    "annex_a": "Tableaux",
    "annex_b": "Méthode",
    "method": "Les petits nombres ne sont pas communiqués. Tout nombre inférieur au seuil est remplacé par la lettre c, et d’autres nombres sont "
    "également retirés, autant que nécessaire, pour qu’aucun ne puisse être déduit des totaux. Les tableaux du présent rapport ont été protégés "
    "ensemble.\nLe zéro n’est imprimé que si la zone était couverte pendant la période. Dans le cas contraire, un tiret signale l’absence de "
    "données.\nUn incident est vérifié lorsqu’au moins deux sources indépendantes, ou une source ayant une connaissance directe des faits et "
    "livrant un récit cohérent, emportent la conviction du groupe de travail.",
    "counting": "Chaque incident est compté une seule fois, selon sa forme principale. Plusieurs signalements d’un même incident sont rapprochés par des personnes, jamais fusionnés.",
    "total": "Total", "form": "Forme principale", "incidents": "Incidents", "quarter": "Trimestre", "party": "Partie", "province": "Province",
    "by_form": "Incidents vérifiés, par forme principale",
    "by_form_alt": "Barres horizontales des incidents vérifiés par forme principale. Le viol est de loin la plus fréquente\u00a0; les petits nombres ne sont pas communiqués.",
    "trend": "Incidents vérifiés par trimestre, tels que communiqués",
    "trend_alt": "Barres des incidents vérifiés sur huit trimestres. Le nombre a augmenté au deuxième trimestre de 2026 et légèrement diminué au "
    "troisième\u00a0; il n’y a pas de données pour le premier trimestre de 2026.",
    "trend_note": "Tels que communiqués à la clôture de chaque trimestre\u00a0; les incidents vérifiés plus tard ne sont pas ajoutés ici.",
    "areas": "Lieux des faits",
    "map": "Victimes et personnes rescapées d’incidents vérifiés, par province",
    "map_alt": "Carte des huit provinces de Carana. Le nombre le plus élevé se trouve dans la province de Leppko, au sud-est\u00a0; les provinces aux petits nombres sont hachurées.",
    "by_party": "Incidents vérifiés, par partie présumée ou avérée responsable",
    "party_note": "Attribution au degré de confiance exigé par le groupe de travail\u00a0; elle ne vaut pas déclaration de culpabilité.",
    "by_area": "Victimes et personnes rescapées d’incidents vérifiés, par province, sexe et âge",
    "area_note": "Les filles et les garçons ont moins de dix-huit ans.",
    "by_hand_1": "Dans un village proche de Kika, des hommes armés ont séparé les femmes des hommes après un raid. Des personnes rescapées ont pu "
    "rejoindre un dispensaire avec l’aide d’une association de femmes, qui a également porté les faits à la connaissance de la mission. Le groupe de "
    "travail a vérifié l’incident auprès de sources indépendantes.",
    "by_hand_2": "Une jeune femme retenue dans un camp comme prétendue épouse s’est enfuie lors d’un déplacement du groupe. Elle a choisi de parler à "
    "la conseillère pour la protection des femmes et a ensuite demandé une aide juridique, qu’un partenaire lui apporte.",
    "c0": "Engagements et état d’avancement à la fin du trimestre", "c1": "Partie", "c2": "Engagement", "c3": "État", "c4": "Prochaine étape",
    "commitments": "CDF|Ordre du commandement interdisant les violences sexuelles|Donné, diffusé dans tous les secteurs|Rendre compte des sanctions prises\n"
    "CNP|Unités spécialisées dans chaque province|Partiellement tenu|Budget pour les deux provinces du sud\n"
    "ICSC|Communiqué unilatéral, libération des personnes enlevées|Engagé|Accès aux fins de vérification\n"
    "MLCS|Aucun à ce jour|Mis en garde|Première rencontre avec les commandants\nMPC|Code de conduite au titre du Traité de Kalari|Tenu|Maintenir le suivi",
    "r0": "Recommandations", "r1": "Recommandation", "r2": "Responsable", "r3": "Échéance",
    "recommendations": "Rouvrir la route entre Corma et Kika pour les dispensaires avant les prochaines pluies|Ministère des travaux publics, génie de la mission|30 novembre 2026\n"
    "Accorder aux équipes de surveillance l’accès au sud-ouest de la province de Leppko|Commandement de l’ICSC|31 octobre 2026\n"
    "Maintenir les patrouilles sur la route du marché aux heures choisies par les commerçantes|Force, commandement du secteur 3|15 octobre 2026\n"
    "Financer la prise en charge clinique dans les districts qui en sont dépourvus|Groupe sectoriel santé, donateurs|31 décembre 2026",
}  # fmt: skip


def words(lang: str) -> dict[str, str]:
    """All words of one language."""
    return FR if lang == "fr" else EN
